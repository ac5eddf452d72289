import CKernels

/// A term's postings as searches read them: for every window of `ChunkLengths.blockSize` ids a run of two bytes a chunk, as
/// `postings.h` says, and the most that one of them can add. 2 bytes a posting and 12 a run.
///
/// Made for the lengths and statistics of one moment. Frequencies within one of these differ by less than 32; those of a
/// term in a text that repeats it more often are in one of their own.
///
/// `@unchecked Sendable`: the memory behind its pointers is written by `init` alone, before anybody else knows of it, is only
/// read afterwards, and lives until `deinit`.
final class PostingRuns: @unchecked Sendable {
    /// Frequencies that can be told apart.
    private static let frequencies = 1 << Int(POSTINGS_FREQUENCY_BITS)

    /// Postings in all.
    let count: Int
    /// Windows that hold the term.
    let runCount: Int
    /// The windows' slots in `ChunkLengths`, ascending.
    let slots: UnsafeMutablePointer<UInt32>
    /// The most that a posting of each run adds with a weight of 1.
    let bounds: UnsafeMutablePointer<Float>
    /// `runCount` + 1 numbers: where each run begins in `entries`, and the end.
    private let starts: UnsafeMutablePointer<UInt32>
    private let entries: UnsafeMutablePointer<UInt16>
    /// Frequencies are above this one.
    private let base: UInt32

    /// All postings of a term.
    /// - Parameter postings: by ascending chunk; nil when one of them is of a chunk that is not in `lengths`.
    static func lists(_ postings: PostingList, lengths: ChunkLengths, _ bm25: BM25) -> [PostingRuns]? {
        var lists: [PostingRuns] = []
        var (chunks, frequencies) = (postings.chunks, postings.frequencies)
        while let least = frequencies.min(), let most = frequencies.max() {
            let base = (Int(max(least, 1)) - 1) / Self.frequencies * Self.frequencies
            var own = (chunks, frequencies)
            var rest: [Int] = []
            if Int(most) > base + Self.frequencies {
                rest = chunks.indices.filter { Int(frequencies[$0]) > base + Self.frequencies }
                let within = chunks.indices.filter { Int(frequencies[$0]) <= base + Self.frequencies }
                own = (within.map { chunks[$0] }, within.map { frequencies[$0] })
            }
            guard let list = PostingRuns(own.0, own.1, above: base, lengths: lengths, bm25) else { return nil }
            lists.append(list)
            (chunks, frequencies) = (rest.map { chunks[$0] }, rest.map { frequencies[$0] })
        }
        return lists
    }

    private init?(
        _ chunks: [UInt32], _ frequencies: [UInt16], above base: Int, lengths: ChunkLengths, _ bm25: BM25
    ) {
        let size = UInt32(ChunkLengths.blockSize)
        count = chunks.count
        self.base = UInt32(base)
        let bits = UInt32(POSTINGS_FREQUENCY_BITS)
        let entries = UnsafeMutablePointer<UInt16>.allocate(capacity: count)
        self.entries = entries
        var runs: [(block: UInt32, start: UInt32)] = []
        chunks.withUnsafeBufferPointer { chunks in
            frequencies.withUnsafeBufferPointer { frequencies in
                var position = 0
                while position < chunks.count {
                    let block = chunks[position] / size
                    runs.append((block, UInt32(position)))
                    let first = block * size
                    while position < chunks.count, chunks[position] &- first < size {
                        let frequency = UInt32(frequencies[position]) &- UInt32(base) &- 1
                        entries[position] = UInt16(
                            truncatingIfNeeded: (chunks[position] &- first) << bits | frequency)
                        position += 1
                    }
                }
            }
        }
        runCount = runs.count
        slots = .allocate(capacity: runCount)
        starts = .allocate(capacity: runCount + 1)
        bounds = .allocate(capacity: runCount)
        bounds.initialize(repeating: 0, count: runCount)
        starts[runCount] = UInt32(count)
        // From here on `deinit` runs when this fails.
        for (number, run) in runs.enumerated() {
            guard let slot = lengths.slot(of: run.block) else { return nil }
            slots[number] = UInt32(slot)
            starts[number] = run.start
        }
        lengths.words.withUnsafeBufferPointer { words in
            for number in 0..<runCount {
                let norm = bm25.norm(words, slot: Int(slots[number]))
                bounds[number] = Float(postings_most(CodeLevel.used.rawValue, run(number, weight: 1), norm)).nextUp
            }
        }
    }

    deinit {
        slots.deallocate()
        starts.deallocate()
        bounds.deallocate()
        entries.deallocate()
    }

    /// Bytes of memory that it takes, about.
    var footprint: Int { 2 * count + 12 * runCount + 256 }

    /// A run for the kernels.
    @inline(__always)
    func run(_ number: Int, weight: Double) -> postings_run {
        let start = Int(starts[number])
        return postings_run(
            entries: entries + start, count: Int(starts[number + 1]) - start, base: base, weight: weight,
            bound: weight * Double(bounds[number]))
    }

    /// The frequency in a chunk, nil when it is not there.
    func frequency(in chunk: UInt32, _ lengths: ChunkLengths) -> UInt32? {
        let (block, place) = chunk.quotientAndRemainder(dividingBy: UInt32(ChunkLengths.blockSize))
        guard let slot = lengths.slot(of: block).map({ UInt32($0) }) else { return nil }
        let run = Self.search(slots, 0..<runCount, for: slot)
        guard run < runCount, slots[run] == slot else { return nil }
        let bits = UInt16(POSTINGS_FREQUENCY_BITS)
        let end = Int(starts[run + 1])
        let found = Self.search(entries, Int(starts[run])..<end, for: UInt16(place) << bits)
        guard found < end, entries[found] >> bits == place else { return nil }
        return base + 1 + UInt32(entries[found] & (1 << bits - 1))
    }

    /// Where the first of ascending numbers is that is not below `least`.
    private static func search<Number: Comparable>(
        _ numbers: UnsafeMutablePointer<Number>, _ range: Range<Int>, for least: Number
    ) -> Int {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if numbers[middle] < least { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// Finds the chunks with the highest sums of term scores without scoring all of them.
///
/// MaxScore (Turtle, Flood 1995) over windows of `ChunkLengths.blockSize` ids, with the bounds that the lists hold for
/// every 128 postings (Ding, Suel 2011): in a window, the lists that together cannot lift a chunk above what is already
/// found are only asked about chunks that the others hold, and a window that cannot hold any such chunk is passed. What is
/// left out could not have been among the best: the result is that of scoring everything.
struct LexicalScorer {
    /// A term's postings and what it weighs.
    struct Term {
        let list: PostingList
        /// From `BM25.weight`.
        let weight: Double
    }

    /// Sums of the same terms in another order differ by less than this part of them.
    private static let slack = 1e-9

    private let bm25: BM25
    private let lengths: ChunkLengths
    private let terms: [Term]

    init(_ bm25: BM25, lengths: ChunkLengths, terms: [Term]) {
        self.bm25 = bm25
        self.lengths = lengths
        self.terms = terms.filter { $0.list.count > 0 }
    }

    /// The scores of chosen chunks, where one of the terms occurs.
    func scores(of chunks: Set<UInt32>) -> [UInt32: Double] {
        let ascending = chunks.sorted()
        var scores: [UInt32: Double] = [:]
        for term in terms {
            var cursor = PostingCursor(term.list)
            for chunk in ascending {
                guard let frequency = cursor.frequency(in: chunk) else { continue }
                scores[chunk, default: 0] += bm25.score(term.weight, frequency: frequency, length: lengths[chunk])
            }
        }
        return scores
    }

    /// The best chunks, best first.
    func best(_ limit: Int) -> [ScoredChunk] {
        guard limit > 0, !terms.isEmpty else { return [] }
        var best = BestScores(limit: limit)
        var lanes = terms.map { Lane($0, bm25) }
        let window = Window()
        var next: UInt32 = 0
        while let least = lanes.lazy.filter({ !$0.cursor.isAtEnd }).map(\.cursor.leastChunk).min() {
            let number = max(next, least / UInt32(ChunkLengths.blockSize))
            search(number * UInt32(ChunkLengths.blockSize), lengths.block(number), &lanes, window, &best)
            next = number + 1
        }
        return best.sorted()
    }

    /// One term on its way through the windows.
    private struct Lane {
        var cursor: PostingCursor
        let weight: Double
        /// The most a posting of each group can add.
        private let bounds: [Double]
        /// The most a posting of this window can add.
        private(set) var bound = 0.0

        init(_ term: Term, _ bm25: BM25) {
            cursor = PostingCursor(term.list)
            weight = term.weight
            bounds = term.list.groups.map {
                bm25.score(term.weight, frequency: UInt32($0.highestFrequency), length: $0.shortestLength)
            }
        }

        mutating func enter(_ first: UInt32, end: UInt32) {
            cursor.skip(to: first)
            var group = cursor.group
            bound = 0
            while group < bounds.count, cursor.list.groups[group].base &+ 1 < end {
                bound = max(bound, bounds[group])
                group += 1
            }
        }
    }

    /// The sums of one window.
    private final class Window {
        static let size = ChunkLengths.blockSize
        let sums = UnsafeMutablePointer<Double>.allocate(capacity: size)
        /// The places in `sums` that are not 0; room for one more than can be.
        let touched = UnsafeMutablePointer<UInt16>.allocate(capacity: size + 1)
        var count = 0

        init() { sums.initialize(repeating: 0, count: Self.size) }

        deinit {
            sums.deallocate()
            touched.deallocate()
        }

        func clear() {
            for place in 0..<count { sums[Int(touched[place])] = 0 }
            count = 0
        }
    }

    private func search(
        _ first: UInt32, _ words: [UInt16], _ lanes: inout [Lane], _ window: Window, _ best: inout BestScores
    ) {
        let end = first + UInt32(Window.size)
        for index in lanes.indices { lanes[index].enter(first, end: end) }
        lanes.sort { $0.bound < $1.bound }
        let threshold = best.threshold.map { Double($0) * (1 - Self.slack) - Double($0.ulp) } ?? -1
        // The first lanes that together stay below the threshold.
        var (optional, sum) = (0, 0.0)
        while optional < lanes.count, sum + lanes[optional].bound < threshold {
            sum += lanes[optional].bound
            optional += 1
        }
        if optional < lanes.count {
            for index in optional..<lanes.count { add(&lanes[index], first, end, words, window) }
            for index in (0..<optional).reversed() where lanes[index].bound > 0 {
                keep(above: threshold - sum, window)
                sum -= lanes[index].bound
                lookUp(&lanes[index], first, words, window)
            }
        }
        for place in 0..<window.count {
            let offset = Int(window.touched[place])
            let score = Float(window.sums[offset])
            if let worst = best.threshold, score < worst { continue }
            best.insert(ScoredChunk(id: Int64(first) + Int64(offset), score: score))
        }
        window.clear()
        for index in lanes.indices { lanes[index].cursor.skip(to: end) }
    }

    /// Adds a lane's scores to all its chunks in the window.
    private func add(_ lane: inout Lane, _ first: UInt32, _ end: UInt32, _ words: [UInt16], _ window: Window) {
        let (bm25, weight, sums, touched) = (bm25, lane.weight, window.sums, window.touched)
        var count = window.count
        words.withUnsafeBufferPointer { words in
            lane.cursor.forEachRun(from: first, below: end) { chunks, frequencies, run in
                for position in 0..<run {
                    // Ascending, from `first` to below `end`: `PostingList.unpack` sees to it.
                    let offset = Int(chunks[position] &- first) & (Window.size - 1)
                    touched[count] = UInt16(truncatingIfNeeded: offset)
                    count += sums[offset] == 0 && count < Window.size ? 1 : 0
                    sums[offset] += bm25.score(weight, frequency: frequencies[position], length: words[offset])
                }
            }
        }
        window.count = count
    }

    /// Leaves only the chunks that reach `least`, by ascending id.
    private func keep(above least: Double, _ window: Window) {
        var kept = 0
        for place in 0..<window.count {
            let offset = window.touched[place]
            if window.sums[Int(offset)] < least {
                window.sums[Int(offset)] = 0
            } else {
                window.touched[kept] = offset
                kept += 1
            }
        }
        window.count = kept
        var ascending = UnsafeMutableBufferPointer(start: window.touched, count: kept)
        ascending.sort()
    }

    /// Adds a lane's scores to the chunks that are left.
    private func lookUp(_ lane: inout Lane, _ first: UInt32, _ words: [UInt16], _ window: Window) {
        for place in 0..<window.count {
            let offset = Int(window.touched[place])
            guard let frequency = lane.cursor.frequency(in: first + UInt32(offset)) else { continue }
            window.sums[offset] += bm25.score(lane.weight, frequency: frequency, length: words[offset])
        }
    }
}

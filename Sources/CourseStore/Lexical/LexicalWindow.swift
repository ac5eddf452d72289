/// The sums of scores of `size` chunks with ids in a row.
final class LexicalWindow {
    static let size = ChunkLengths.blockSize

    private let sums = UnsafeMutablePointer<Double>.allocate(capacity: size)
    /// The places in `sums` that are not 0; room for one more than can be.
    private let touched = UnsafeMutablePointer<UInt16>.allocate(capacity: size + 1)
    private var count = 0

    init() { sums.initialize(repeating: 0, count: Self.size) }

    deinit {
        sums.deallocate()
        touched.deallocate()
    }

    /// Adds a lane's scores to all its chunks in the window that begins at `first`.
    /// - Parameter words: the lengths of the window's chunks.
    func add(_ lane: LexicalLane, _ first: UInt32, _ words: UnsafeBufferPointer<UInt16>, _ bm25: BM25) {
        let (weight, sums, touched) = (lane.weight, sums, touched)
        var count = count
        lane.cursor.forEachRun(from: first, below: first + UInt32(Self.size)) { chunks, frequencies, run in
            for position in 0..<run {
                // Within the window as it is; the mask keeps it so if the bytes on the disk are not what they were.
                let offset = Int(chunks[position] &- first) & (Self.size - 1)
                touched[count] = UInt16(truncatingIfNeeded: offset)
                count &+= sums[offset] == 0 && count < Self.size ? 1 : 0
                sums[offset] += bm25.score(weight, frequency: frequencies[position], length: words[offset])
            }
        }
        self.count = count
    }

    /// Adds a lane's scores to the chunks that are there, which must be sorted.
    func lookUp(_ lane: LexicalLane, _ first: UInt32, _ words: UnsafeBufferPointer<UInt16>, _ bm25: BM25) {
        for place in 0..<count {
            let offset = Int(touched[place])
            guard let frequency = lane.cursor.frequency(in: first + UInt32(offset)) else { continue }
            sums[offset] += bm25.score(lane.weight, frequency: frequency, length: words[offset])
        }
    }

    /// Leaves only the chunks that reach `least`.
    /// - Parameter sorting: by ascending id.
    func keep(above least: Double, sorting: Bool) {
        var kept = 0
        for place in 0..<count {
            let offset = touched[place]
            if sums[Int(offset)] < least {
                sums[Int(offset)] = 0
            } else {
                touched[kept] = offset
                kept += 1
            }
        }
        count = kept
        if sorting, kept > 1 { sort() }
    }

    /// By a bit for each place, for there are few of them.
    private func sort() {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.size / 64) { bits in
            bits.initialize(repeating: 0)
            for place in 0..<count { bits[Int(touched[place] >> 6)] |= 1 << UInt64(touched[place] & 63) }
            var place = 0
            for number in 0..<bits.count {
                var word = bits[number]
                while word != 0 {
                    touched[place] = UInt16(number * 64 + word.trailingZeroBitCount)
                    place += 1
                    word &= word - 1
                }
            }
            count = place
        }
    }

    /// Gives all chunks that are there to `body`, by their place, and leaves none.
    func takeAll(_ body: (Int, Double) -> Void) {
        for place in 0..<count {
            let offset = Int(touched[place])
            let sum = sums[offset]
            sums[offset] = 0
            body(offset, sum)
        }
        count = 0
    }
}

/// The best few of many chunks with positive scores, in a heap with the worst on top: `BestScores` for numbers that fit into
/// one. Of two equal scores the smaller id is better.
struct BestChunks {
    private let limit: Int
    /// Bits of the score, which ascend with it, and those of the id turned round.
    private var heap: [UInt64] = []

    init(limit: Int) {
        self.limit = limit
        heap.reserveCapacity(min(limit, 1_024))
    }

    /// What a score must reach to get in; 0 while there is room.
    var threshold: Float { heap.count < limit ? 0 : Self.score(heap[0]) }

    @inline(__always)
    mutating func insert(_ chunk: UInt32, _ score: Float) {
        let key = UInt64(score.bitPattern) << 32 | UInt64(~chunk)
        if heap.count < limit {
            heap.append(key)
            rise()
        } else if key > heap[0] {
            sink(key)
        }
    }

    /// Best first.
    func sorted() -> [ScoredChunk] {
        heap.sorted(by: >).map { ScoredChunk(id: Int64(~UInt32(truncatingIfNeeded: $0)), score: Self.score($0)) }
    }

    private static func score(_ key: UInt64) -> Float { Float(bitPattern: UInt32(key >> 32)) }

    /// Moves the last key to its place.
    private mutating func rise() {
        heap.withUnsafeMutableBufferPointer { heap in
            var child = heap.count - 1
            while child > 0, heap[child] < heap[(child - 1) / 2] {
                heap.swapAt(child, (child - 1) / 2)
                child = (child - 1) / 2
            }
        }
    }

    /// Puts a key in the place of the worst.
    private mutating func sink(_ key: UInt64) {
        heap.withUnsafeMutableBufferPointer { heap in
            var parent = 0
            while 2 * parent + 1 < heap.count {
                var child = 2 * parent + 1
                if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
                guard heap[child] < key else { break }
                heap[parent] = heap[child]
                parent = child
            }
            heap[parent] = key
        }
    }
}

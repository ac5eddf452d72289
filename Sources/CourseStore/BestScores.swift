/// The best few of many scored chunks, in a heap of `limit` entries with the worst on top.
///
/// Of two equal scores the smaller id is better, so that results do not depend on the order of arrival. A score that is
/// no number is worse than all others.
struct BestScores {
    private let limit: Int
    private var heap: [ScoredChunk] = []

    init(limit: Int) {
        self.limit = max(0, limit)
        heap.reserveCapacity(min(self.limit, 1_024))
    }

    /// What a score must reach to get in; nil while there is room.
    var threshold: Float? { heap.count < limit ? nil : heap.first?.score }

    mutating func insert(_ chunk: ScoredChunk) {
        if heap.count < limit {
            heap.append(chunk)
            rise(from: heap.count - 1)
        } else if let worst = heap.first, Self.isBetter(chunk, than: worst) {
            heap[0] = chunk
            sink(from: 0)
        }
    }

    /// Best first.
    func sorted() -> [ScoredChunk] { heap.sorted { Self.isBetter($0, than: $1) } }

    private static func isBetter(_ left: ScoredChunk, than right: ScoredChunk) -> Bool {
        let (leftScore, rightScore) = (
            left.score.isNaN ? -.infinity : left.score, right.score.isNaN ? -.infinity : right.score
        )
        return leftScore == rightScore ? left.id < right.id : leftScore > rightScore
    }

    private mutating func rise(from start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard Self.isBetter(heap[parent], than: heap[child]) else { return }
            heap.swapAt(parent, child)
            child = parent
        }
    }

    private mutating func sink(from start: Int) {
        var parent = start
        while true {
            var worst = parent
            var child = 2 * parent + 1
            let end = min(child + 2, heap.count)
            while child < end {
                if Self.isBetter(heap[worst], than: heap[child]) { worst = child }
                child += 1
            }
            guard worst != parent else { return }
            heap.swapAt(parent, worst)
            parent = worst
        }
    }
}

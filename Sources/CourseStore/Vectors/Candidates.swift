/// A chunk whose product with the query is only estimated yet.
struct Candidate: Sendable {
    let id: Int64
    let estimate: Float
    /// How much more it may well be.
    let slack: Float
}

extension [Candidate] {
    /// Those that may be among the `count` best of all, best estimate first; of equal ones the smaller id.
    func contenders(for count: Int) -> [Candidate] {
        // So much the worst of the `count` best has at least.
        var sure = BestScores(limit: count)
        for candidate in self {
            sure.insert(ScoredChunk(id: candidate.id, score: candidate.estimate - candidate.slack))
        }
        let threshold = sure.threshold ?? -.infinity
        return filter { !($0.estimate + $0.slack < threshold) }
            .sorted { $0.estimate == $1.estimate ? $0.id < $1.id : $0.estimate > $1.estimate }
    }
}

/// The `limit` candidates with the highest estimates, and less than as many again and those of a block.
struct Candidates {
    private let limit: Int
    /// In any order.
    private(set) var found: [Candidate] = []
    /// What an estimate must exceed to be among the best.
    private(set) var threshold = -Float.infinity

    init(limit: Int) {
        self.limit = max(1, limit)
        found.reserveCapacity(2 * self.limit + CodeLayout.capacity)
    }

    mutating func add(_ candidate: Candidate) { found.append(candidate) }

    /// Throws out what is not among the best, once there is enough of it to be worth the work.
    mutating func settle() {
        guard found.count >= 2 * limit else { return }
        cut()
        threshold = found.reduce(.infinity) { min($0, $1.estimate) }
    }

    /// Keeps the `limit` best, in any order (quickselect, Hoare 1961). There are more.
    private mutating func cut() {
        found.withUnsafeMutableBufferPointer { found in
            var (low, high) = (0, found.count - 1)
            while low < high {
                let pivot = found[(low + high) / 2].estimate
                var (left, right) = (low, high)
                while left <= right {
                    while found[left].estimate > pivot { left += 1 }
                    while found[right].estimate < pivot { right -= 1 }
                    guard left <= right else { break }
                    found.swapAt(left, right)
                    left += 1
                    right -= 1
                }
                if limit - 1 <= right {
                    high = right
                } else if limit - 1 >= left {
                    low = left
                } else {
                    break
                }
            }
        }
        found.removeLast(found.count - limit)
    }
}

/// The outcomes of the last calls: at most so many of them, none older than so long. A pure value.
struct CallWindow: Sendable {
    private let size: Int
    private let span: Duration
    private var calls: [(end: Duration, outcome: CircuitBreaker.Outcome)] = []

    init(size: Int, span: Duration) {
        self.size = max(size, 1)
        self.span = span
    }

    /// - Parameter now: never before that of an earlier call.
    mutating func add(_ outcome: CircuitBreaker.Outcome, at now: Duration) {
        calls.append((now, outcome))
        if calls.count > size { calls.removeFirst() }
        if let kept = calls.firstIndex(where: { now - $0.end < span }) { calls.removeFirst(kept) }
    }

    mutating func clear() { calls = [] }

    func tally(at now: Duration) -> CircuitBreaker.Tally {
        var tally = CircuitBreaker.Tally()
        for call in calls where now - call.end < span { tally.add(call.outcome) }
        return tally
    }
}

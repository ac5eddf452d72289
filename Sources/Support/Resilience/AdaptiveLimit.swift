/// How many calls may be under way at once at one service: a bulkhead that learns what the service bears. A pure value;
/// the caller passes the time in.
///
/// Additive increase, multiplicative decrease: when the service says that it is asked too much, the limit falls below
/// what was under way then; calls that go well while it is used let it grow by one for as many calls as it is. Refusals of
/// calls from before the last decrease are the same congestion and change nothing. A service that asks to be left alone
/// gets no call until then.
///
/// Sources: Chiu and Jain, "Analysis of the Increase and Decrease Algorithms for Congestion Avoidance", 1989; Netflix'
/// concurrency-limits (AIMDLimit), which grows only while half of the limit is used.
package struct AdaptiveLimit: Sendable {
    package enum Admission: Sendable, Equatable {
        case entered(Entry)
        /// As many as allowed are under way.
        case full
        /// The service has asked to be left alone for so long.
        case paused(Duration)
    }

    /// A call under way; to be given to `leave` once.
    package struct Entry: Sendable, Equatable { fileprivate let decreases: UInt64 }

    package enum Outcome: Sendable, Equatable {
        case good
        /// The service was asked too much.
        /// - Parameter pause: how long it is to be left alone; nil for not at all.
        case overloaded(pause: Duration?)
        /// Says nothing of the load.
        case other
    }

    package let maximum: Int
    package private(set) var inFlight = 0
    private var limit: Double
    private var decreases: UInt64 = 0
    private var pausedUntil = Duration.zero
    private var refusalsInARow = 0

    /// What the limit becomes of what was under way when the service refused.
    private static let decrease = 0.75
    /// No service is left alone longer than this because it said so.
    package static let longestPause = Duration.seconds(3_600)
    /// Pauses for a service that does not say how long.
    private static let unsaidPause = Backoff(base: .milliseconds(500), cap: .seconds(30))

    /// - Parameter maximum: calls at once at most, at least 1; the limit begins there.
    package init(maximum: Int) {
        self.maximum = max(maximum, 1)
        limit = Double(self.maximum)
    }

    /// Calls that may be under way at once, as learnt so far.
    package var current: Int { Int(limit) }

    package mutating func enter(at now: Duration) -> Admission {
        if let left = pauseLeft(at: now) { return .paused(left) }
        guard inFlight < current else { return .full }
        inFlight += 1
        return .entered(Entry(decreases: decreases))
    }

    package mutating func leave(_ entry: Entry, _ outcome: Outcome, at now: Duration) {
        let used = inFlight
        inFlight = max(0, inFlight - 1)
        switch outcome {
        case .good:
            refusalsInARow = 0
            if used * 2 >= current { limit = min(Double(maximum), limit + 1 / limit) }
        case .overloaded(let pause):
            if let pause { pausedUntil = max(pausedUntil, now + min(pause, Self.longestPause)) }
            guard entry.decreases == decreases else { return }
            decreases += 1
            refusalsInARow = min(refusalsInARow + 1, 64)
            limit = max(1, min(limit, Double(used)) * Self.decrease)
        case .other: break
        }
    }

    /// What a service that refuses without saying how long is left alone for: twice as long each time in a row.
    package var unsaidPause: Duration { Self.unsaidPause.ceiling(afterAttempt: refusalsInARow + 1) }

    /// How long the service is still to be left alone; nil when it is not.
    package func pauseLeft(at now: Duration) -> Duration? { now < pausedUntil ? pausedUntil - now : nil }
}

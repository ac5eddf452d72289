/// Full-jitter exponential back-off: wait a random time up to `base * 2^(attempt - 1)`, never above `cap`.
///
/// Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
package struct Backoff: Sendable {
    package let base: Duration
    package let cap: Duration

    /// Contract, section 5: waits between job attempts of up to 2, 4, 8 and 16 s.
    package static let jobs = Backoff(base: .seconds(2), cap: .seconds(16))

    package init(base: Duration, cap: Duration) {
        self.base = base
        self.cap = cap
    }

    /// The most that attempt number `attempt` (from 1) may have to wait for its successor.
    package func ceiling(afterAttempt attempt: Int) -> Duration {
        var wait = base
        for _ in 1..<max(attempt, 1) where wait < cap { wait = wait * 2 }
        return min(wait, cap)
    }

    /// The wait after attempt number `attempt`.
    /// - Parameter random: a number in 0..<1.
    package func wait(afterAttempt attempt: Int, random: Double = .random(in: 0..<1)) -> Duration {
        ceiling(afterAttempt: attempt) * random
    }
}

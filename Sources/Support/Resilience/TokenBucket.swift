/// A token bucket: `burst` at once, then `rate` a second. A pure value; the caller passes the time in.
package struct TokenBucket: Sendable {
    package let rate: Double
    package let burst: Double
    private var tokens: Double
    private var last: Duration

    /// - Parameters:
    ///   - rate: tokens a second, above 0.
    ///   - burst: the most that can be saved up, at least 1.
    package init(rate: Double, burst: Double, at now: Duration) {
        precondition(rate > 0 && burst >= 1, "a bucket of rate \(rate) and burst \(burst) would never let anything by")
        self.rate = rate
        self.burst = burst
        tokens = burst
        last = now
    }

    /// Takes one token: nil when there was one, else how long until there is.
    package mutating func take(at now: Duration) -> Duration? {
        tokens = min(burst, tokens + max(0, (now - last).inSeconds) * rate)
        last = max(last, now)
        guard tokens < 1 else {
            tokens -= 1
            return nil
        }
        return .seconds((1 - tokens) / rate)
    }

    /// Puts a token back that was taken for nothing.
    package mutating func giveBack(at now: Duration) {
        tokens = min(burst, tokens + 1 + max(0, (now - last).inSeconds) * rate)
        last = max(last, now)
    }

    /// Whole tokens left at `now`.
    package func remaining(at now: Duration) -> Int {
        Int(min(burst, tokens + max(0, (now - last).inSeconds) * rate))
    }
}

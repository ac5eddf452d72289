/// How many retries may be made, so that an outage is not multiplied by them. A pure value; the caller passes the time in.
///
/// A bucket of tokens. A retry costs one; when there is none left, nothing is retried. A success returns a part of a
/// token, a success of a retry all that the retry cost. So, while all is well, any failure is retried; while little is,
/// retries add at most a small share to the calls; while nothing is, the bucket's content and no more. One token in a
/// while comes back by itself, so that a program that is seldom asked does not go without for ever.
///
/// Sources: gRPC proposal A6, "Throttling retry attempts"; the retry quota of the AWS SDKs' standard mode.
package struct RetryBudget: Sendable {
    package let capacity: Double
    package let refund: Double
    package let refill: Duration
    private var tokens: Double
    private var last: Duration

    /// - Parameters:
    ///   - capacity: retries in a row, without any success, at most.
    ///   - refund: the part of a token that a success returns.
    ///   - refill: the time in which one token comes back by itself.
    package init(capacity: Double = 10, refund: Double = 0.1, refill: Duration = .seconds(60), at now: Duration) {
        precondition(capacity >= 1 && refund >= 0 && refill > .zero, "a budget of \(capacity) would allow no retry")
        self.capacity = capacity
        self.refund = refund
        self.refill = refill
        tokens = capacity
        last = now
    }

    /// Takes what a retry costs; false when it is not to be made.
    package mutating func takeRetry(at now: Duration) -> Bool {
        let passed = max(.zero, now - last)
        last = max(last, now)
        tokens = min(capacity, tokens + passed.inSeconds / refill.inSeconds)
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }

    /// - Parameter wasRetry: whether `takeRetry` had paid for it.
    package mutating func succeeded(wasRetry: Bool) {
        tokens = min(capacity, tokens + (wasRetry ? 1 : refund))
    }
}

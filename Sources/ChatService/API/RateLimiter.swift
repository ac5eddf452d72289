import Support

/// The questions of one process: `perMinute` on the long run, `burst` at once.
package final class RateLimiter: QuestionLimiter {
    /// Users remembered at once. Whoever has a full bucket is forgotten first, which changes nothing for them.
    private static let mostUsers = 10_000

    private let perMinute: Int
    private let burst: Int
    private let time: any TimeSource
    private let buckets = Locked<[UserID: TokenBucket]>([:])

    /// - Parameters: both at least 1 (contract, section 5: 20 and 5).
    package init(perMinute: Int = 20, burst: Int = 5, time: any TimeSource = SystemTime()) {
        self.perMinute = max(perMinute, 1)
        self.burst = max(burst, 1)
        self.time = time
    }

    package func look(_ user: UserID) -> RateVerdict {
        let now = time.elapsed
        var bucket = buckets.withLock { $0[user] } ?? bucket(at: now)
        return RateVerdict(limit: perMinute, remaining: bucket.remaining(at: now), wait: bucket.take(at: now))
    }

    package func take(_ user: UserID) -> RateVerdict {
        let now = time.elapsed
        return buckets.withLock { buckets in
            if buckets.count >= Self.mostUsers, buckets[user] == nil {
                buckets = buckets.filter { $0.value.remaining(at: now) < burst }
                // All of them are asking: the limit of the backlog holds then.
                if buckets.count >= Self.mostUsers { return RateVerdict(limit: perMinute, remaining: 0, wait: nil) }
            }
            var bucket = buckets[user] ?? bucket(at: now)
            let wait = bucket.take(at: now)
            buckets[user] = bucket
            return RateVerdict(limit: perMinute, remaining: bucket.remaining(at: now), wait: wait)
        }
    }

    private func bucket(at now: Duration) -> TokenBucket {
        TokenBucket(rate: Double(perMinute) / 60, burst: Double(burst), at: now)
    }
}

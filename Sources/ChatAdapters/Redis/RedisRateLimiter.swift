import ChatService
import Redis
import Support

/// The questions of all processes together: one bucket a user, reckoned as `TokenBucket` does.
///
/// While Redis is away each process counts for itself, which is more than the limit by as much as there are processes.
package final class RedisRateLimiter: QuestionLimiter {
    /// `ARGV`: moment, tokens a second, the most that can be saved up, 1 to take one. Returns whether there was one, and
    /// how many are left.
    private static let script = RedisScript(
        """
        local at = tonumber(ARGV[1])
        if at < 0 then
            local time = redis.call('TIME')
            at = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
        end
        local rate, burst = tonumber(ARGV[2]), tonumber(ARGV[3])
        local full = burst / rate * 1000
        local found = redis.call('HMGET', KEYS[1], 'tokens', 'last')
        local tokens, last = tonumber(found[1] or burst), tonumber(found[2] or at)
        tokens = math.min(burst, tokens + math.max(0, at - last) / 1000 * rate)
        -- A clock that was set back must not freeze the bucket.
        last = math.min(math.max(last, at), at + full)
        local taken = 0
        if tokens >= 1 then taken = 1 end
        if ARGV[4] == '1' then
            tokens = tokens - taken
            redis.call('HSET', KEYS[1], 'tokens', string.format('%.17g', tokens), 'last', string.format('%.17g', last))
            redis.call('PEXPIRE', KEYS[1], math.ceil(full) * 2 + 1000)
        end
        return {taken, string.format('%.17g', tokens)}
        """)

    private let client: RedisClient
    private let keys: RedisKeys
    private let perMinute: Int
    private let burst: Int
    private let clock: RedisClock
    private let ownCount: RateLimiter

    /// - Parameters:
    ///   - perMinute: at least 1, as `burst` (contract, section 5: 20 and 5).
    ///   - clock: by which buckets fill.
    package init(
        _ client: RedisClient, prefix: String = "gepeto:", perMinute: Int = 20, burst: Int = 5,
        time: any TimeSource = SystemTime(), clock: RedisClock = .server
    ) {
        self.client = client
        keys = RedisKeys(prefix: prefix)
        self.perMinute = max(perMinute, 1)
        self.burst = max(burst, 1)
        self.clock = clock
        ownCount = RateLimiter(perMinute: perMinute, burst: burst, time: time)
    }

    package func look(_ user: UserID) async -> RateVerdict {
        await ask(user, takes: false) ?? ownCount.look(user)
    }

    package func take(_ user: UserID) async -> RateVerdict {
        await ask(user, takes: true) ?? ownCount.take(user)
    }

    /// nil while Redis cannot say.
    private func ask(_ user: UserID, takes: Bool) async -> RateVerdict? {
        let rate = Double(perMinute) / 60
        let reply = try? await client.run(
            Self.script, keys: [keys.bucket(user.name)],
            [.number(clock.argument), .text("\(rate)"), .number(Int64(burst)), .number(takes ? 1 : 0)],
            isRepeatable: !takes)
        guard let parts = reply?.elements, parts.count == 2, let taken = parts[0].number,
            let tokens = parts[1].string.flatMap({ Double($0) }), tokens.isFinite, tokens <= Double(burst)
        else { return nil }
        return RateVerdict(
            limit: perMinute, remaining: Int(max(tokens, 0)), wait: taken == 1 ? nil : .seconds((1 - tokens) / rate))
    }
}

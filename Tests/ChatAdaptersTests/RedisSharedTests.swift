import ChatService
import Redis
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// Limits, connections and cache that processes share.
@Suite(.timeLimit(.minutes(5))) struct RedisSharedTests {
    private let prefix = "test:\(RandomIdentifier.make()):"

    @Test func bothLimitersGiveTheSameVerdicts() async throws {
        let client = try RedisUnderTest.client(try await .shared())
        var generator = LinearCongruential(seed: 11)
        for (perMinute, burst) in [(20, 5), (60, 1), (7, 3)] {
            let time = ManualTime()
            let own = RateLimiter(perMinute: perMinute, burst: burst, time: time)
            let shared = RedisRateLimiter(
                client, prefix: "\(prefix)\(perMinute)", perMinute: perMinute, burst: burst, time: time,
                clock: .wound(time))
            for _ in 0..<150 {
                let user = UserID(["ana", "bia:é"].randomElement(using: &generator) ?? "")
                let looks = Bool.random(using: &generator)
                let expected = looks ? own.look(user) : own.take(user)
                let verdict = looks ? await shared.look(user) : await shared.take(user)
                #expect(verdict.limit == expected.limit && verdict.remaining == expected.remaining)
                #expect((verdict.wait == nil) == (expected.wait == nil))
                if let wait = verdict.wait, let other = expected.wait { #expect(abs((wait - other).milliseconds) <= 1) }
                time.advance(by: .milliseconds(Int.random(in: 0..<4_001, using: &generator)))
            }
        }
        await client.close()
    }

    @Test func processesShareABucketAndGoOnAloneWithoutRedis() async throws {
        let server = try await RedisServer()
        let clients = try (0..<2).map { _ in try RedisUnderTest.client(server) }
        let time = ManualTime()
        let limiters = clients.map { RedisRateLimiter($0, prefix: prefix, time: time, clock: .wound(time)) }
        var allowed = 0
        for index in 0..<12 where await limiters[index % 2].take(UserID("ana")).wait == nil { allowed += 1 }
        #expect(allowed == 5)
        #expect(await limiters[1].take(UserID("bia")).remaining == 4)
        let keys = try await clients[0].send(RedisCommand("KEYS", ["*"], isRepeatable: true))
        #expect(keys.elements?.count == 2 && !"\(keys)".contains("ana"))
        server.kill()
        try await eventually { clients[0].trouble != nil }
        let verdicts = [await limiters[0].take(UserID("ana")), await limiters[0].look(UserID("ana"))]
        #expect(
            verdicts == [
                RateVerdict(limit: 20, remaining: 4, wait: nil), RateVerdict(limit: 20, remaining: 4, wait: nil),
            ])
        for client in clients { await client.close() }
    }

    @Test func aClockThatWasSetBackFreezesNoBucket() async throws {
        let client = try RedisUnderTest.client(try await .shared())
        let (ahead, back) = (
            ManualTime(now: Timestamp(milliseconds: 9_000_000)), ManualTime(now: Timestamp(milliseconds: 1_000_000))
        )
        func limiter(_ time: ManualTime) -> RedisRateLimiter {
            RedisRateLimiter(client, prefix: prefix, perMinute: 60, burst: 1, time: time, clock: .wound(time))
        }
        #expect(await limiter(ahead).take(.local).wait == nil)
        #expect(await limiter(back).take(.local).wait != nil)
        back.advance(by: .seconds(2))
        #expect(await limiter(back).take(.local).wait == nil)
        await client.close()
    }

    @Test func connectionsOfASession() async throws {
        let client = try RedisUnderTest.client(try await .shared())
        let time = ManualTime()
        let registry = RedisConnections(client, prefix: prefix, clock: .wound(time))
        let (one, other) = (SessionKey(at: time.now).text, SessionKey(at: time.now).text)
        #expect(try await registry.connect("AbC=", to: one) == [])
        #expect(try await registry.connect("second", to: one, for: .seconds(60)) == [])
        #expect(try await registry.connections(of: one) == ["second", "AbC="])
        #expect(try await registry.session(of: "AbC=") == one)
        time.advance(by: .seconds(61))
        #expect(try await registry.connections(of: one) == ["AbC="])
        #expect(try await registry.refresh("second"))
        #expect(try await registry.connections(of: one) == ["AbC=", "second"])
        // A connection is of one session only.
        try await registry.connect("second", to: other)
        #expect(try await registry.connections(of: one) == ["AbC="])
        try await registry.disconnect("AbC=")
        try await registry.disconnect("AbC=")
        #expect(try await registry.connections(of: one) == [])
        #expect(try await registry.session(of: "AbC=") == nil)
        #expect(try await registry.refresh("AbC=") == false)
        for bad in ["", "a b", "é", String(repeating: "x", count: 129)] {
            #expect(try await registry.connect(bad, to: one) == nil)
            #expect(try await registry.session(of: bad) == nil)
        }
        #expect(try await registry.connect("x", to: "no session") == nil)
        for number in 0..<20 {
            let displaced = number < RedisConnections.mostOfSession ? [] : ["c\(number - 16)"]
            #expect(try await registry.connect("c\(number)", to: one) == displaced)
            time.advance(by: .seconds(1))
        }
        #expect(try await registry.connections(of: one) == (4..<20).map { "c\($0)" })
        // It ends by itself.
        try await registry.connect("short", to: other, for: .milliseconds(1))
        try await eventually { try await registry.session(of: "short") == nil }
        await client.close()
    }

    @Test func whatIsCachedIsThereForAWhile() async throws {
        let server = try await RedisServer()
        let client = try RedisUnderTest.client(server)
        let cache = RedisCache(client, prefix: prefix)
        let (contexts, others) = (RedisCache.Namespace("context"), RedisCache.Namespace("other"))
        let value: [UInt8] = [0, 13, 10, 255]
        #expect(await cache.value("O que é recursão?", in: contexts) == nil)
        #expect(await cache.keep(value, as: "O que é recursão?", in: contexts, for: .seconds(600)))
        #expect(await cache.value("O que é recursão?", in: contexts) == value)
        #expect(await cache.value("O que é recursão?", in: others) == nil)
        #expect(await cache.keep([], as: "empty", in: contexts, for: .seconds(600)))
        #expect(await cache.value("empty", in: contexts) == [])
        #expect(
            await cache.keep(
                .init(repeating: 0, count: RedisCache.mostBytes + 1), as: "k", in: contexts, for: .seconds(1)) == false)
        #expect(await cache.keep(value, as: "k", in: contexts, for: .zero) == false)
        #expect(await cache.keep(value, as: "k", in: contexts, for: .milliseconds(1)))
        try await eventually { await cache.value("k", in: contexts) == nil }
        await cache.forget("O que é recursão?", in: contexts)
        #expect(await cache.value("O que é recursão?", in: contexts) == nil)
        #expect(await cache.keep(value, as: "k", in: contexts, for: .seconds(600)))
        server.kill()
        try await eventually { await cache.value("k", in: contexts) == nil }
        #expect(await cache.keep(value, as: "k", in: contexts, for: .seconds(600)) == false)
        await client.close()
    }
}

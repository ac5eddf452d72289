import Support
import TestSupport
import Testing

@testable import Redis

@Suite(.timeLimit(.minutes(5))) struct RedisSubscriberTests {
    private final class Ear: Sendable {
        let heard = Locked<[String]>([])
        func hear(_ event: RedisSubscriber.Event) {
            let text =
                switch event {
                case .gap: "gap"
                case .message(let channel, let payload): "\(channel)=\(String(decoding: payload, as: UTF8.self))"
                }
            heard.withLock { $0.append(text) }
        }
        var all: [String] { heard.withLock { $0 } }
    }

    private func options() -> RedisOptions {
        var options = RedisOptions()
        options.timeout = .seconds(20)
        options.connectLimit = .seconds(20)
        options.backoff = Backoff(base: .milliseconds(10), cap: .milliseconds(50))
        return options
    }

    private func publish(_ channel: String, _ text: String) -> RedisCommand {
        RedisCommand("PUBLISH", [.text(channel), .text(text)], isRepeatable: false)
    }

    @Test func messagesComeInOrderUntilTheChannelIsLeft() async throws {
        let server = try await RedisServer.shared()
        let address = try RedisAddress(server.url, setting: "S")
        let (client, ear) = (RedisClient(address, options: options()), Ear())
        let subscriber = RedisSubscriber(address, options: options()) { ear.hear($0) }
        let (one, other) = (RandomIdentifier.make(), RandomIdentifier.make())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for channel in [one, other, one] { group.addTask { try await subscriber.subscribe(channel) } }
            try await group.waitForAll()
        }
        let heard = try await client.send(all: (0..<200).map { publish($0 % 2 == 0 ? one : other, "\($0)") })
        #expect(heard.allSatisfy { $0 == .integer(1) })
        try await eventually { ear.all.count { $0 != "gap" } == 200 }
        #expect(ear.all.filter { $0 != "gap" } == (0..<200).map { "\($0 % 2 == 0 ? one : other)=\($0)" })
        subscriber.unsubscribe(one)
        try await eventually { try await client.send(publish(one, "late")) == .integer(0) }
        #expect(try await client.send(publish(other, "last")) == .integer(1))
        try await eventually { ear.all.last == "\(other)=last" }
        #expect(ear.all.count { $0 != "gap" && !$0.hasSuffix("late") } == 201)
        await subscriber.close()
        await client.close()
        await #expect(throws: RedisError(.closed, address)) { try await subscriber.subscribe(one) }
    }

    @Test func aLostConnectionIsSubscribedAnewAndTellsTheGap() async throws {
        let server = try await RedisServer()
        let address = try RedisAddress(server.url, setting: "S")
        let (client, ear) = (RedisClient(address, options: options()), Ear())
        let subscriber = RedisSubscriber(address, options: options()) { ear.hear($0) }
        for number in 0..<1_200 {
            if number < 3 {
                try await subscriber.subscribe("c\(number)")
            } else {
                Task { try? await subscriber.subscribe("c\(number)") }
            }
        }
        try await subscriber.subscribe("last")
        try await eventually { try await client.send(publish("c1199", "first")) == .integer(1) }
        server.kill()
        try await server.start()
        try await eventually { ear.all.contains("gap") }
        // With the gap every channel is there again.
        #expect(try await client.send(publish("c1", "again")) == .integer(1))
        #expect(try await client.send(publish("c1199", "again")) == .integer(1))
        try await eventually { ear.all.last == "c1199=again" }
        await subscriber.close()
        await client.close()
    }

    @Test func downIsToldAtOnce() async throws {
        let server = try await RedisServer()
        server.kill()
        let address = try RedisAddress(server.url, setting: "S")
        let subscriber = RedisSubscriber(address, options: options()) { _ in }
        await #expect(throws: RedisError(.refused, address)) { try await subscriber.subscribe("c") }
        subscriber.unsubscribe("c")
        try await server.start()
        try await eventually { (try? await subscriber.subscribe("c")) != nil }
        await subscriber.close()
    }

    @Test func silenceIsAskedAboutAndAnAnswerIsNoSubscription() async throws {
        var options = options()
        options.idle = .milliseconds(20)
        options.timeout = .milliseconds(300)
        let server = try await RedisServer()
        let address = try RedisAddress(server.url, setting: "S")
        let ear = Ear()
        let subscriber = RedisSubscriber(address, options: options) { ear.hear($0) }
        try await eventually { (try? await subscriber.subscribe("c")) != nil }
        server.pause()
        // Nothing is said and nobody asks anything: the silence alone is found out and the connection made anew.
        try await Task.sleep(for: .milliseconds(700))
        server.resume()
        try await eventually { ear.all.contains("gap") }
        await subscriber.close()

        let fake = try FakeRedis([FakeRedis.greeting + "-ERR no\r\n"])
        let refused = RedisSubscriber(try fake.address(), options: options) { _ in }
        try await eventually { fake.accepted >= 3 }
        await refused.close()
    }
}

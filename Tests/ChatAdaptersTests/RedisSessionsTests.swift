import ChatService
import Redis
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// What `RedisSessions` promises beyond `SessionsTests`: several processes, and a Redis that goes away.
@Suite(.timeLimit(.minutes(5))) struct RedisSessionsTests {
    private final class Sink: SessionSink {
        let events = Locked<[SharedEvent]>([])
        let isLost = Latch()
        func take(_ event: SharedEvent) { events.withLock { $0.append(event) } }
        func lose() { isLost.open() }
        var count: Int { events.withLock { $0.count } }
    }

    private let prefix = "test:\(RandomIdentifier.make()):"

    private func delta(_ index: Int, job: String, _ text: String = "piece ") -> ChatEvent {
        .messageDelta(ChatEvent.Delta(jobId: job, attempt: 1, stream: 1, index: index, content: text))
    }

    private func end(job: String) -> ChatEvent {
        .error(ChatEvent.Failed(jobId: job, attempts: 1, failure: JobFailure(.internalError)))
    }

    private func sessions(_ server: RedisServer, _ time: any TimeSource = ManualTime()) throws -> RedisSessions {
        try RedisUnderTest.sessions(server, prefix: prefix, time: time)
    }

    /// The events of a session up to its first terminal one.
    private func untilEnd(_ sessions: RedisSessions, _ id: String) async throws -> [LoggedEvent] {
        var subscription = try #require(try await sessions.subscribe(to: id, after: 0))
        var seen: [LoggedEvent] = []
        while seen.last?.isTerminal != true { seen += try await subscription.next() }
        return seen
    }

    @Test func manyProcessesAppendToOneLog() async throws {
        let server = try await RedisServer.shared()
        let houses = try (0..<3).map { _ in try sessions(server) }
        let id = try await houses[0].createSession(owner: UserID("ana"))
        let job = RandomIdentifier.make()
        let readers = houses.map { house in Task { try await untilEnd(house, id) } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<300 {
                group.addTask { try await houses[index % 3].append(delta(index, job: job), to: id) }
            }
            try await group.waitForAll()
        }
        // Both believe that they end the job.
        async let one = houses[0].append(end(job: job), to: id)
        async let other = houses[1].append(end(job: job), to: id)
        #expect(try await [one, other] == [301, 301])
        #expect(try await houses[2].append(delta(0, job: job), to: id) == nil)
        let seen = try await readers[0].value
        #expect(seen.map(\.seq) == Array(1...301))
        for reader in readers { #expect(try await reader.value == seen) }
        #expect(try await houses[2].owner(ofSession: id) == UserID("ana"))
        for house in houses { await house.close() }
    }

    @Test func aSinkIsToldWhatAnotherProcessAppends() async throws {
        let server = try await RedisServer.shared()
        let (api, worker) = (try sessions(server), try sessions(server))
        let id = try await api.createSession(owner: .local)
        let job = RandomIdentifier.make()
        try await worker.append(delta(0, job: job), to: id)
        let feed = try #require(try await api.feed(of: id))
        #expect(feed.owner == .local && feed.id == id)
        let place = feed.place(after: nil)
        let sink = Sink()
        var position = place.position
        while case let events = try feed.next(after: position, for: sink), let last = events.last {
            position = last.seq
        }
        for index in 1..<50 { try await worker.append(delta(index, job: job), to: id) }
        try await eventually { sink.count == 49 }
        feed.leave(sink)
        try await worker.append(end(job: job), to: id)
        #expect(try await untilEnd(api, id).count == 51)
        #expect(sink.count == 49)
        await api.close()
        await worker.close()
    }

    @Test func whatIsPublishedWhileNobodyListensIsReadWhenTheyDoAgain() async throws {
        let server = try await RedisServer()
        let (api, worker) = (try sessions(server), try sessions(server))
        let id = try await api.createSession(owner: .local)
        let job = RandomIdentifier.make()
        let reader = Task { try await untilEnd(api, id) }
        for index in 0..<100 {
            if index % 20 == 10 {
                let kill = RedisCommand("CLIENT", ["KILL", "TYPE", "pubsub"], isRepeatable: true)
                _ = try await worker.client.send(kill)
            }
            try await worker.append(delta(index, job: job), to: id)
        }
        try await worker.append(end(job: job), to: id)
        #expect(try await reader.value.map(\.seq) == Array(1...101))
        await api.close()
        await worker.close()
    }

    @Test func whatNoHintToldIsFoundByLooking() async throws {
        let server = try await RedisServer.shared()
        let time = ManualTime()
        let api = try sessions(server, time)
        let id = try await api.createSession(owner: .local)
        let reader = Task { try await untilEnd(api, id) }
        try await eventually { api.table.all.contains { $0.isLoaded } }
        // Published where nobody listens.
        let frame = UnnumberedFrame(end(job: "job"), at: time.now)
        _ = try await api.client.run(
            SessionScripts.append,
            keys: [api.keys.session(id), api.keys.events(id), api.keys.run, api.keys.end(id, job: "job")],
            [-1, "e", "error", "job", 1, 1, .bytes(frame.head), .bytes(frame.tail), "nowhere"], isRepeatable: false)
        await time.untilSleeping(1)
        time.advance(by: RedisSessions.lookInterval)
        #expect(try await reader.value.map(\.seq) == [1])
        await api.close()
    }

    @Test func aRedisThatComesBackEmptySendsReadersAway() async throws {
        let server = try await RedisServer()
        let api = try sessions(server)
        let id = try await api.createSession(owner: .local)
        try await api.append(delta(0, job: "job"), to: id)
        var subscription = try #require(try await api.subscribe(to: id, after: nil))
        #expect(try await subscription.next().map(\.seq) == [1])
        let feed = try #require(try await api.feed(of: id))
        let sink = Sink()
        #expect(try feed.next(after: 1, for: sink).isEmpty)
        server.kill()
        // Nothing hangs meanwhile, and whoever reads already goes on waiting.
        try await eventually {
            do { try await api.append(delta(1, job: "job"), to: id) } catch let error as RedisError {
                return error.code == .refused
            }
            return false
        }
        await #expect(throws: RedisError.self) { try await api.createSession(owner: .local) }
        await #expect(throws: RedisError.self) {
            try await api.feed(of: SessionKey(at: Timestamp(milliseconds: 1)).text)
        }
        #expect(try await api.feed(of: id) != nil)
        #expect(try await api.owner(ofSession: id) == .local)
        #expect(api.trouble?.code == .refused)
        try await server.start()
        await sink.isLost.wait()
        await #expect(throws: SubscriptionLost.self) { try await subscription.next() }
        #expect(throws: SubscriptionLost.self) { try feed.next(after: 1, for: sink) }
        // The answer about a session that nobody knows any more is clear.
        try await eventually { (try? await api.check()) != nil }
        #expect(try await api.append(end(job: "job"), to: id) == nil)
        #expect(try await api.feed(of: id) == nil)
        #expect(try await api.subscribe(to: id, after: 1) == nil)
        #expect(try await api.owner(ofSession: id) == nil)
        let next = try await api.createSession(owner: .local)
        #expect(try await api.append(end(job: "job"), to: next) == 1)
        await api.close()
    }

    @Test func aRedisThatComesBackAsItWasBeforeGivesNoNumberOutTwice() async throws {
        let server = try await RedisServer()
        let api = try sessions(server)
        let id = try await api.createSession(owner: .local)
        for index in 0..<3 { try await api.append(delta(index, job: "job"), to: id) }
        _ = try await api.client.send(RedisCommand("SAVE", isRepeatable: true))
        try await api.append(delta(3, job: "job"), to: id)
        var subscription = try #require(try await api.subscribe(to: id, after: 4))
        server.kill()
        try await server.start()
        await #expect(throws: SubscriptionLost.self) { try await subscription.next() }
        let after = try #require(try await api.subscribe(to: id, after: 4))
        #expect(after.epoch != subscription.epoch)
        let number = try await api.append(end(job: "job"), to: id)
        #expect(number == 3 + SessionRing.leap + 1)
        #expect(try await untilEnd(api, id).map(\.seq) == [1, 2, 3, 3 + SessionRing.leap + 1])
        // Once is enough.
        let next = try #require(try await api.subscribe(to: id, after: number))
        #expect(next.epoch == after.epoch)
        #expect(try await api.append(delta(0, job: "other"), to: id) == number.map { $0 + 1 })
        await api.close()
    }

    @Test func aLogIsBoundedAndReadInPortions() async throws {
        let server = try await RedisServer.shared()
        let (one, other) = (try sessions(server), try sessions(server))
        let id = try await one.createSession(owner: .local)
        let count = 2 * RedisSessions.mostRead + 300
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<count { group.addTask { try await one.append(delta(index, job: "job"), to: id) } }
            try await group.waitForAll()
        }
        var subscription = try #require(try await other.subscribe(to: id, after: nil))
        var seen: [Int64] = []
        while case let events = try await subscription.next(within: .zero), !events.isEmpty {
            seen += events.map(\.seq)
        }
        #expect(seen == (1...Int64(count)).map { $0 })
        // More bytes than are kept: the oldest go, and who has not seen them is told by the epoch.
        let text = String(repeating: "x", count: 100_000)
        for index in 0..<25 { try await one.append(delta(index, job: "job", text), to: id) }
        let log = try await one.client.send(RedisCommand("XLEN", [.text(one.keys.events(id))], isRepeatable: true))
        #expect(log.number == 20)
        let late = try #require(try await other.subscribe(to: id, after: 5))
        #expect(late.epoch != subscription.epoch && late.resumedFrom == Int64(count) + 5)
        await one.close()
        await other.close()
    }

    @Test func clearedEventsAreGoneEverywhere() async throws {
        let server = try await RedisServer.shared()
        let (one, other) = (try sessions(server), try sessions(server))
        let id = try await one.createSession(owner: .local)
        for index in 0..<5 { try await one.append(delta(index, job: "job"), to: id) }
        let before = try #require(try await other.subscribe(to: id, after: 0))
        try await one.clear(id)
        let after = try #require(try await other.subscribe(to: id, after: 0))
        #expect(after.epoch != before.epoch && after.resumedFrom == 5)
        var subscription = after
        #expect(try await subscription.next(within: .zero).isEmpty)
        #expect(try await one.append(delta(5, job: "job"), to: id) == 6)
        await one.close()
        await other.close()
    }

    @Test func aUsersSessionsAreForgottenAndNobodyElses() async throws {
        let server = try await RedisServer.shared()
        let (one, other) = (try sessions(server), try sessions(server))
        let user = UserID("erased-\(prefix)")
        let (first, second) = (try await one.createSession(owner: user), try await other.createSession(owner: user))
        let kept = try await one.createSession(owner: .local)
        for id in [first, second, kept] { try await one.append(delta(0, job: "job"), to: id) }
        var subscription = try #require(try await other.subscribe(to: first, after: 1))
        try await one.forgetSessions(of: user)
        await #expect(throws: SubscriptionLost.self) { try await subscription.next() }
        for id in [first, second] {
            #expect(try await one.append(end(job: "job"), to: id) == nil)
            try await eventually { (try? await other.owner(ofSession: id)) == .some(nil) }
        }
        #expect(try await one.append(delta(1, job: "job"), to: kept) == 2)
        try await one.forgetSessions(of: user)
        await one.close()
        await other.close()
    }

    @Test func aSessionThatIsUsedForWeeksIsStillItsUsers() async throws {
        let server = try await RedisServer.shared()
        let (one, other) = (try sessions(server), try sessions(server))
        let user = UserID("old-\(prefix)")
        let id = try await one.createSession(owner: user)
        let list = one.keys.sessions(of: user.name)
        func age() async throws -> Int64? {
            _ = try await one.client.send(RedisCommand("PEXPIRE", [.text(list), 60_000], isRepeatable: true))
            return try await one.client.send(RedisCommand("PTTL", [.text(list)], isRepeatable: true)).number
        }
        func left() async throws -> Int64 {
            try await one.client.send(RedisCommand("PTTL", [.text(list)], isRepeatable: true)).number ?? 0
        }
        #expect(try await age() ?? 0 > 0)
        try await one.append(delta(0, job: "job"), to: id)
        #expect(try await left() > 600_000_000)
        #expect(try await age() ?? 0 <= 60_000)
        #expect(try await other.subscribe(to: id, after: 0) != nil)
        #expect(try await left() > 600_000_000)
        // The list was lost: whoever goes on using the session makes it anew.
        _ = try await one.client.send(RedisCommand("DEL", [.text(list)], isRepeatable: true))
        try await one.append(delta(1, job: "job"), to: id)
        try await one.forgetSessions(of: user)
        #expect(try await one.append(delta(2, job: "job"), to: id) == nil)
        #expect(try await left() == -2)
        await one.close()
        await other.close()
    }

    @Test func sessionsThatNobodyReadsAreLetGo() async throws {
        let server = try await RedisServer.shared()
        let api = try RedisUnderTest.sessions(server, prefix: prefix, sessionsInMemory: 8)
        let kept = try await api.createSession(owner: .local)
        var subscription = try #require(try await api.subscribe(to: kept, after: nil))
        for _ in 0..<40 {
            let id = try await api.createSession(owner: .local)
            #expect(try await api.feed(of: id) != nil)
        }
        #expect(api.table.count <= 9)
        try await api.append(end(job: "job"), to: kept)
        #expect(try await subscription.next().map(\.seq) == [1])
        api.table.sweep(unusedSince: api.table.now)
        #expect(api.table.count <= 1)
        await api.close()
    }

    @Test func framesGetTheirNumbersOnTheServer() throws {
        let now = Timestamp(milliseconds: 1_733_788_120_000)
        let nasty = #""seq":8999999999999999999,"seq":1 \" é 👩‍🏫"#
        let events = [
            delta(3, job: "job", nasty), end(job: "job"),
            .status(ChatEvent.Status(jobId: "job", state: .queued, attempt: 0, conversationId: nasty, traceId: "t")),
        ]
        for event in events {
            let frame = UnnumberedFrame(event, at: now)
            let text = String(decoding: frame.head + Array("42".utf8) + frame.tail, as: UTF8.self)
            #expect(text == EventFrame(event: event, seq: 42, timestamp: now.seconds).text)
        }
    }

    @Test(arguments: [
        "", "changed", "1 2 3\n", "x 2 3 status 0 1 job\n{}", "1 2 3 nothing 0 1 job\n{}", "1 2 3 status 0 1\n{}",
    ])
    func whatIsNoPublicationIsAHint(text: String) { #expect(SessionLog.Publication(Array(text.utf8)) == nil) }
}

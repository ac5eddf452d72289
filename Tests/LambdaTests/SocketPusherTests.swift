import ChatService
import Foundation
import Redis
import Support
import TestSupport
import Testing

@testable import ChatAdapters

@Suite(.timeLimit(.minutes(5))) struct SocketPusherTests {
    @Test func socketsAreToldWhatTheyMissedAndWhatComes() async throws {
        let bench = try await PusherBench()
        let process = try bench.process()
        let session = try await process.sessions.createSession(owner: .local)
        for index in 0..<3 { try await process.sessions.append(PusherBench.delta(index), to: session) }
        #expect(try await bench.sockets.open("AbC=", bench.seat(session, after: 1)))
        try await bench.until("AbC=", 3)
        for index in 3..<40 { try await process.sessions.append(PusherBench.delta(index), to: session) }
        try await process.sessions.append(PusherBench.end(), to: session)
        try await bench.until("AbC=", 41)
        let frames = try bench.frames("AbC=")
        #expect(frames[0] == .init(event: "connected", seq: 1, resumedFrom: 1))
        #expect(frames.dropFirst().map(\.seq) == Array(2...41))
        #expect(frames.last?.event == "error")
        // Whoever comes later starts where they say, and the first one hears nothing twice.
        #expect(try await bench.sockets.open("x/y", bench.seat(session, after: 40)))
        try await bench.until("x/y", 41)
        #expect(try bench.frames("x/y").map(\.seq) == [40, 41])
        #expect(try bench.frames("AbC=").count == 41)
        await bench.stop()
    }

    @Test func aSocketThatIsStillBeingOpenedIsWaitedForAndOneThatIsGoneForgotten() async throws {
        let bench = try await PusherBench { _, earlier, _ in earlier < 3 ? 410 : 200 }
        let process = try bench.process()
        let session = try await process.sessions.createSession(owner: .local)
        try await process.sessions.append(PusherBench.status(), to: session)
        #expect(try await bench.sockets.open("a", bench.seat(session)))
        try await bench.until("a", 1)
        #expect(try bench.frames("a").map(\.event) == ["connected", "status"])
        #expect(try await bench.sockets.reader(of: "a")?.session == session)
        bench.fake.answer { _, _, _ in 410 }
        try await process.sessions.append(PusherBench.delta(0), to: session)
        try await eventually { try await bench.sockets.reader(of: "a") == nil }
        let told = bench.fake.told("a")
        // Nobody posts to it any more.
        try await process.sessions.append(PusherBench.end(), to: session)
        #expect(try await bench.sockets.wake(session, token: "t", most: 9) == [])
        #expect(bench.fake.told("a") == told)
        #expect(bench.fake.closed == [])
        await bench.stop()
    }

    @Test func aFrameThatIsTooLargeIsReplacedByWhereItIs() async throws {
        let bench = try await PusherBench { _, _, frame in frame.utf8.count > 400 ? 413 : 200 }
        let process = try bench.process()
        let session = try await process.sessions.createSession(owner: .local)
        #expect(try await bench.sockets.open("a", bench.seat(session)))
        func delta(_ content: String) -> ChatEvent {
            .messageDelta(ChatEvent.Delta(jobId: "j", attempt: 1, stream: 1, index: 0, content: content))
        }
        try await process.sessions.append(delta(String(repeating: "x", count: 500)), to: session)
        try await process.sessions.append(delta(String(repeating: "é", count: SocketFrame.mostBytes / 2)), to: session)
        try await process.sessions.append(PusherBench.end(), to: session)
        try await bench.until("a", 3)
        let frames = try bench.frames("a")
        let replaced = frames[1...2].map { ($0.event, $0.jobId, $0.replaces, $0.url, $0.seq) }
        for (index, one) in replaced.enumerated() {
            #expect(one == ("resync", "j", "message_delta", "/api/jobs/j", Int64(index + 1)))
        }
        #expect(frames.last?.event == "error")
        // The first is tried; of the other one it is known.
        #expect(bench.fake.told("a") == 5)
        await bench.stop()
    }

    @Test func aGatewayThatIsBusyOrInTroubleLosesNothing() async throws {
        // One meets too many calls, others are taken though nobody says so.
        let bench = try await PusherBench { _, earlier, _ in
            earlier == 2 ? 429 : [1, 4, 5].contains(earlier) ? 500 : 200
        }
        let process = try bench.process()
        let session = try await process.sessions.createSession(owner: .local)
        #expect(try await bench.sockets.open("a", bench.seat(session)))
        for index in 0..<4 { try await process.sessions.append(PusherBench.delta(index), to: session) }
        try await process.sessions.append(PusherBench.end(), to: session)
        try await bench.until("a", 5)
        var seen: Int64 = 0
        for frame in try bench.frames("a") where frame.event != "connected" {
            let seq = try #require(frame.seq)
            // Twice where the outcome was not known, never a gap.
            #expect(seq == seen + 1 || seq == seen)
            seen = max(seen, seq)
        }
        #expect(seen == 5)
        await bench.stop()
    }

    @Test func aSocketWhoseFramesAreRefusedAgainAndAgainIsClosed() async throws {
        let bench = try await PusherBench { _, earlier, _ in earlier == 0 ? 200 : 403 }
        let process = try bench.process(tries: 3)
        let session = try await process.sessions.createSession(owner: .local)
        #expect(try await bench.sockets.open("a", bench.seat(session)))
        try await process.sessions.append(PusherBench.status(), to: session)
        try await eventually { bench.fake.closed == ["a"] }
        #expect(bench.fake.told("a") == 4)
        #expect(try await bench.sockets.reader(of: "a") == nil)
        await bench.stop()
    }

    @Test func aSocketEndsWithItsToken() async throws {
        let bench = try await PusherBench()
        let process = try bench.process()
        let session = try await process.sessions.createSession(owner: .local)
        try await process.sessions.append(PusherBench.status(), to: session)
        let past = SystemTime().now + .seconds(-1)
        #expect(try await bench.sockets.open("expired", bench.seat(session, expires: past)))
        try await eventually { bench.fake.closed == ["expired"] }
        #expect(bench.fake.told("expired") == 0)
        // One that waits for nothing is closed on time all the same.
        let soon = SystemTime().now + .seconds(1)
        #expect(try await bench.sockets.open("soon", bench.seat(session, expires: soon)))
        try await eventually { bench.fake.closed == ["expired", "soon"] }
        #expect(SystemTime().now >= soon)
        await bench.stop()
    }

    @Test func aReaderWhoseEventsAreLostComesAgain() async throws {
        let bench = try await PusherBench()
        let process = try bench.process()
        let session = try await process.sessions.createSession(owner: .local)
        try await process.sessions.append(PusherBench.status(), to: session)
        for name in ["first", "second"] {
            #expect(try await bench.sockets.open(name, bench.seat(session)))
            try await bench.until(name, 1)
        }
        await process.pusher.shutDown()
        try await process.run.value
        let sessions = try bench.plainSessions()
        try await sessions.append(PusherBench.delta(0), to: session)
        try await sessions.clear(session)
        try await sessions.append(PusherBench.end(), to: session)
        try await bench.sockets.wake(session)
        _ = try bench.process()
        try await eventually { Set(bench.fake.closed) == ["first", "second"] }
        #expect(try bench.frames("first").map(\.seq) == [0, 1])
        await bench.stop()
    }

    @Test func whatRulesKeepBackIsNotToldAgain() async throws {
        let bench = try await PusherBench()
        let process = try bench.process()
        let session = try await process.sessions.createSession(owner: .local)
        for index in 0..<5 { try await process.sessions.append(PusherBench.delta(index), to: session) }
        #expect(try await bench.sockets.open("a", bench.seat(session, after: 1, withheld: 3)))
        try await bench.until("a", 5)
        #expect(try bench.frames("a").map(\.seq) == [3, 4, 5])
        #expect(try bench.frames("a").first?.resumedFrom == 3)
        #expect(bench.fake.frames("a").first?.contains("-3\"") == true)
        await bench.stop()
    }

    @Test func severalProcessesTellEachEventAndInOrder() async throws {
        let bench = try await PusherBench()
        let processes = try (0..<3).map { _ in try bench.process(linger: .milliseconds(2)) }
        let session = try await processes[0].sessions.createSession(owner: .local)
        for name in ["a", "b"] { #expect(try await bench.sockets.open(name, bench.seat(session))) }
        await withTaskGroup(of: Void.self) { group in
            for (number, process) in processes.enumerated() {
                group.addTask {
                    for index in 0..<60 {
                        _ = try? await process.sessions.append(
                            PusherBench.delta(index, job: "j\(number)"), to: session)
                    }
                }
            }
        }
        try await processes[1].sessions.append(PusherBench.end(), to: session)
        for name in ["a", "b"] {
            try await bench.until(name, 181)
            // On a slow machine a claim may run out, and its last frame is told again: never in another order.
            var told: Set<Int64?> = []
            #expect(try bench.frames(name).map(\.seq).filter { told.insert($0).inserted } == Array(0...181))
        }
        await bench.stop()
    }

    @Test func whatAProcessLeavesBehindAnotherOneTells() async throws {
        let bench = try await PusherBench(isWound: true)
        let session: String
        do {
            // Killed while it holds the claim.
            let process = try bench.process(linger: .seconds(600))
            session = try await process.sessions.createSession(owner: .local)
            #expect(try await bench.sockets.open("a", bench.seat(session)))
            try await process.sessions.append(PusherBench.status(), to: session)
            try await bench.until("a", 1)
            // What was sent and not noted before would be sent twice.
            try await eventually {
                let seen = RedisCommand("HGET", [.text(bench.prefix + "gs:a"), "seen"], isRepeatable: true)
                return try await bench.client.send(seen).string == "1"
            }
            process.run.cancel()
            _ = await process.run.result
        }
        let other = try bench.process()
        try await other.sessions.append(PusherBench.delta(0), to: session)
        // Claimed as long as the claim holds.
        #expect(try await bench.sockets.due(token: "t", most: 9) == [])
        bench.time.advance(by: GatewaySockets.claimTime + .milliseconds(1))
        try await bench.until("a", 2)
        #expect(try bench.frames("a").map(\.seq) == [0, 1, 2])
        await bench.stop()
    }

    @Test func aProcessThatStopsHandsItsSocketsOver() async throws {
        let bench = try await PusherBench()
        let process = try bench.process(linger: .milliseconds(50))
        let session = try await process.sessions.createSession(owner: .local)
        #expect(try await bench.sockets.open("a", bench.seat(session)))
        try await process.sessions.append(PusherBench.status(), to: session)
        try await bench.until("a", 1)
        await process.pusher.shutDown()
        try await process.run.value
        // One that does not send any more, and a function that never does, only note who is due.
        try await process.sessions.append(PusherBench.delta(0), to: session)
        try await bench.sockets.wake(session)
        #expect(bench.fake.frames("a").count == 2)
        _ = try bench.process()
        try await bench.until("a", 2)
        await bench.stop()
    }

    @Test func framesOutsideTheLogAreToldAndStrangersClosed() async throws {
        let bench = try await PusherBench()
        let process = try bench.process()
        let session = try await process.sessions.createSession(owner: .local)
        #expect(try await bench.sockets.open("a", bench.seat(session)))
        try await eventually { bench.fake.frames("a").count == 1 }
        for index in 0..<3 {
            #expect(try await bench.sockets.reply("{\"event\":\"rejected\",\"n\":\(index)}", to: "a"))
        }
        try await eventually { bench.fake.frames("a").count == 4 }
        #expect(bench.fake.frames("a").last == "{\"event\":\"rejected\",\"n\":2}")
        #expect(try await !bench.sockets.reply("{}", to: "stranger"))
        try await bench.sockets.dismiss("stranger")
        try await eventually { bench.fake.closed == ["stranger"] }
        #expect(bench.fake.told("stranger") == 0)
        // Evicted: found out with the next event.
        #expect(try await bench.sockets.open("b", bench.seat(session)))
        try await eventually { bench.fake.frames("b").count == 1 }
        _ = try await bench.client.send(RedisCommand("DEL", [.text(bench.prefix + "gs:b")], isRepeatable: true))
        try await process.sessions.append(PusherBench.status(), to: session)
        try await eventually { bench.fake.closed == ["stranger", "b"] }
        try await bench.sockets.forget("a")
        #expect(try await bench.sockets.reader(of: "a") == nil)
        #expect(try await !bench.sockets.open("no id", bench.seat(session)))
        await bench.stop()
    }

    @Test func theOldestOfTooManySocketsIsClosedNotLeftSilent() async throws {
        let bench = try await PusherBench()
        let process = try bench.process()
        let session = try await process.sessions.createSession(owner: .local)
        for number in 0...RedisConnections.mostOfSession {
            #expect(try await bench.sockets.open("c\(number)", bench.seat(session)))
        }
        try await eventually { bench.fake.closed.count == 1 }
        try await process.sessions.append(PusherBench.status(), to: session)
        for number in 0...RedisConnections.mostOfSession where bench.fake.closed != ["c\(number)"] {
            try await bench.until("c\(number)", 1)
        }
        await bench.stop()
    }

    @Test func whoHasLostTheClaimTakesNoFrameAway() async throws {
        let bench = try await PusherBench(isWound: true)
        let session = try await bench.plainSessions().createSession(owner: .local)
        #expect(try await bench.sockets.open("a", bench.seat(session)))
        let lost = try #require(try await bench.sockets.due(token: "one", most: 9).first)
        for frame in ["x", "y"] { #expect(try await bench.sockets.reply(frame, to: "a")) }
        bench.time.advance(by: GatewaySockets.claimTime + .seconds(1))
        let claim = try #require(try await bench.sockets.due(token: "two", most: 9).first)
        #expect(try await !bench.sockets.replied(lost, frame: "x"))
        #expect(try await bench.sockets.replies(claim) == ["x", "y"])
        #expect(try await bench.sockets.replied(claim, frame: "x"))
        #expect(try await bench.sockets.replies(claim) == ["y"])
        // It had to make room meanwhile.
        #expect(try await bench.sockets.replied(claim, frame: "x"))
        #expect(try await bench.sockets.replies(claim) == ["y"])
        await bench.stop()
    }

    @Test func anEndIsAppendedOnlyWhenItsReadersHearOfIt() async throws {
        struct Away: Error {}
        let bench = try await PusherBench()
        let process = try bench.process()
        let session = try await process.sessions.createSession(owner: .local)
        let deaf = PushedSessions(process.sessions) { _ in throw Away() }
        #expect(try await deaf.append(PusherBench.status(), to: session) == 1)
        await #expect(throws: Away.self) { try await deaf.append(PusherBench.end(), to: session) }
        // The repeat is the same event.
        #expect(try await process.sessions.append(PusherBench.end(), to: session) == 2)
        await bench.stop()
    }

    @Test func aReaderIsKeptWithoutTokenAndName() throws {
        let principal = Principal(
            user: UserID("ana"), name: "Ana Maria", expires: Timestamp(milliseconds: 5), standing: .staff,
            claimed: [try CourseID("algoritmos"): .staff], limitedTo: [try CourseID("algoritmos"), try CourseID("b")],
            session: "s")
        let text = JSONText.encode(SocketReader(principal))
        #expect(!text.contains("Maria"))
        let kept = try JSONText.decode(SocketReader.self, from: text).principal
        #expect(
            kept
                == Principal(
                    user: principal.user, expires: principal.expires, standing: .staff, claimed: principal.claimed,
                    limitedTo: principal.limitedTo, session: "s"))
        let plain = Principal(user: .local)
        #expect(SocketReader(plain).principal == plain)
    }
}

import ChatService
import Support
import TestSupport
import Testing
import WebServer

/// `POST /api/conversations/{id}/messages/stream`.
@Suite("Ask and stream", .timeLimit(.minutes(10)))
struct MessageStreamTests {
    private static let question = #"{"message": "O que é recursão?"}"#

    private struct Made: Decodable { let id: String }

    private func conversation(_ door: FrontDoor) async throws -> String {
        let made = try await door.send(.post, "/api/conversations", "{}")
        return "/api/conversations/\(try made.json(Made.self).id)/messages"
    }

    private func frames(_ text: String) throws -> [EventFrame] {
        try text.split(separator: "\n").filter { $0.hasPrefix("data: ") }.map {
            try JSONText.decode(EventFrame.self, from: String($0.dropFirst(6)))
        }
    }

    @Test("Asks and tells the whole story; what was missed is at the job's events")
    func story() async throws {
        let door = try FrontDoor(perMinute: 20, burst: 5)
        let path = try await conversation(door)
        let answering = ScriptedAnswering([[.report(.retrieving), .report(.delta(stream: 1, "text"))]])
        let reply = try await door.house.working(answering) {
            try await door.send(.post, path + "/stream", Self.question)
        }
        #expect(reply.status == 200 && reply.headers["content-type"] == "text/event-stream")
        #expect(reply.headers["ratelimit-remaining"] == "4" && reply.headers["cache-control"] == "no-store")
        let told = try frames(reply.text)
        #expect(told.states == [.queued, .retrieving] && told.shownText == "text")
        let completion = try #require(told.completion)
        #expect(path.contains(completion.conversationId))
        #expect(reply.headers["location"] == "/api/jobs/\(completion.jobId)")
        let rest = try await door.send(
            .get, "/api/jobs/\(completion.jobId)/events", headers: ["last-event-id": "\(told[1].seq)"])
        #expect(try frames(rest.text) == Array(told[2...]))
        #expect(answering.questions.map(\.text) == ["O que é recursão?"])
    }

    @Test("The guards of POST /api/chat hold")
    func guards() async throws {
        let door = try FrontDoor(perMinute: 20, burst: 1)
        let path = try await conversation(door)
        func status(_ path: String, _ body: String?, _ headers: HTTPFields = [:]) async throws -> Int {
            try await door.send(.post, path, body, headers: headers).status
        }
        #expect(try await status("/api/conversations/\(RandomIdentifier.make())/messages/stream", Self.question) == 404)
        #expect(try await status(path + "/stream", #"{"message": ""}"#) == 400)
        #expect(try await status(path + "/stream", Self.question, ["content-type": "text/plain"]) == 415)
        #expect(try await status(path + "/stream", Self.question, ["origin": "https://evil.example"]) == 403)
        #expect(try await status(path + "/stream", Self.question, ["idempotency-key": "a b"]) == 400)
        #expect(try await door.send(.get, path + "/stream").status == 405)
        #expect(try await door.house.store.depth() == 0)
        // The one that was let by took the burst.
        door.house.time.advance(by: .seconds(3))
        #expect(try await door.ask().status == "queued")
        let tooMany = try await door.send(.post, path + "/stream", Self.question)
        #expect(tooMany.status == 429 && tooMany.headers["retry-after"] == "3")
    }

    @Test("While the stream runs its key is in work; afterwards a repeat replays the job's events")
    func repeats() async throws {
        let door = try FrontDoor()
        let path = try await conversation(door)
        let key: HTTPFields = ["idempotency-key": "k"]
        let (answering, goOn) = (Latch(), Latch())
        let script = ScriptedAnswering([[.report(.delta(stream: 1, "text")), .reach(answering), .wait(goOn)]])
        try await door.house.working(script) {
            async let first = door.send(.post, path + "/stream", Self.question, headers: key)
            await answering.wait()
            let second = try await door.send(.post, path + "/stream", Self.question, headers: key)
            #expect(second.status == 409 && second.headers["retry-after"] == "1")
            let other = try await door.send(.post, path + "/stream", #"{"message": "b"}"#, headers: key)
            #expect(other.status == 422)
            // Another route, another key.
            #expect(try await door.send(.post, path, Self.question, headers: key).status == 202)
            goOn.open()
            let told = try await first
            #expect(try frames(told.text).completion != nil)
            let again = try await door.send(.post, path + "/stream", Self.question, headers: key)
            #expect(again.status == 200 && again.text == told.text)
            let late = try await door.send(.post, path + "/stream", #"{"message": "b"}"#, headers: key)
            #expect(late.status == 422)
            // The other route's question may still wait for a worker.
            try await eventually { script.questions.count == 2 }
        }
        #expect(script.questions.count == 2)
    }

    /// A ledger in which nothing can be looked up.
    private struct BlindLedger: JobLedger {
        struct Blind: Error {}

        let ledger: any JobLedger

        func finish(_ lease: Lease, with outcome: JobOutcome) async throws -> Bool {
            try await ledger.finish(lease, with: outcome)
        }
        func end(job id: String, with failure: JobFailure) async throws -> Bool {
            try await ledger.end(job: id, with: failure)
        }
        func overdue(limit: Int) async throws -> [OverdueJob] { try await ledger.overdue(limit: limit) }
        func unpublished(limit: Int) async throws -> [TerminalEvent] { try await ledger.unpublished(limit: limit) }
        func unpublished(job id: String) async throws -> TerminalEvent? { try await ledger.unpublished(job: id) }
        func published(job id: String, seq: Int64) async throws { try await ledger.published(job: id, seq: seq) }
        func record(job id: String) async throws -> JobRecord? { throw Blind() }
    }

    @Test("A question that is stored but cannot be streamed is not refused: whoever is refused asks again")
    func notStreamed() async throws {
        let door = try FrontDoor(ledger: { BlindLedger(ledger: $0.ledger) })
        let reply = try await door.send(.post, try await conversation(door) + "/stream", Self.question)
        #expect(reply.status == 202)
        let accepted = try reply.json(AcceptedReply.self)
        #expect(reply.headers["location"] == "/api/jobs/\(accepted.jobId)")
        #expect(try await door.house.store.record(job: accepted.jobId)?.status == .queued)
    }

    @Test("A client that went away, or never read, leaves its key free and its answer made")
    func disconnected() async throws {
        let door = try FrontDoor()
        let path = try await conversation(door)
        let request = try HTTPRequest(
            .post, path + "/stream",
            headers: ["host": "127.0.0.1:8000", "content-type": "application/json", "idempotency-key": "k"],
            body: Array(Self.question.utf8))
        do {
            // Never streamed: the connection broke as the answer began.
            _ = await door.router.respond(to: request)
        }
        let response = await door.router.respond(to: request)
        #expect(response.status == 200)
        guard case .stream(let write) = response.body else { return #expect(Bool(false), "not a stream") }
        #expect(await door.router.respond(to: request).status == 409)
        await #expect(throws: PeerGone.self) { try await write(ResponseStream { _ in throw PeerGone() }) }
        let told = try await door.house.working(ScriptedAnswering()) {
            try await door.send(.post, path + "/stream", Self.question, headers: ["idempotency-key": "k"])
        }
        #expect(try frames(told.text).completion?.answer.content == "Answer to: O que é recursão?")
        #expect(try await door.house.store.depth() == 0)
    }
}

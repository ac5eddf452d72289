import ChatService
import Support
import TestSupport
import Testing

@Suite("Server-Sent Events", .timeLimit(.minutes(10)))
struct JobEventsTests {
    /// One event of a stream.
    private struct SentEvent: Equatable {
        let id: Int64
        let name: String
        let frame: EventFrame
    }

    private func events(_ text: String) throws -> [SentEvent] {
        try text.split(separator: "\n\n").filter { $0.hasPrefix("id: ") }.map { block in
            let lines = block.split(separator: "\n").map { $0.split(separator: ": ", maxSplits: 1).map(String.init) }
            #expect(lines.map(\.first) == ["id", "event", "data"])
            return SentEvent(
                id: try #require(Int64(lines[0][1])), name: lines[1][1],
                frame: try JSONText.decode(EventFrame.self, from: lines[2][1]))
        }
    }

    @Test("The stream tells the job's story from its beginning and ends with it")
    func wholeStory() async throws {
        let door = try FrontDoor()
        let accepted = try await door.ask()
        // Another job of the same session, which this stream must not tell.
        _ = try await door.ask("outra", more: ", \"sessionId\": \"\(accepted.sessionId)\"")
        let answering = ScriptedAnswering([[.report(.retrieving), .report(.delta(stream: 1, "text"))]])
        let reply = try await door.house.working(answering) {
            try await door.send(.get, "/api/jobs/\(accepted.jobId)/events")
        }
        #expect(reply.status == 200 && reply.headers["content-type"] == "text/event-stream")
        let told = try events(reply.text)
        #expect(told.map(\.name) == ["status", "status", "message_delta", "message_completed"])
        #expect(told.allSatisfy { $0.id == $0.frame.seq && $0.frame.event.jobID == accepted.jobId })
        #expect(told.map(\.id) == told.map(\.id).sorted())

        // Coming back in the middle: the rest, without a repeat.
        let rest = try await door.send(
            .get, "/api/jobs/\(accepted.jobId)/events", headers: ["last-event-id": "\(told[1].id)"])
        #expect(try events(rest.text) == Array(told[2...]))
        let query = try await door.send(.get, "/api/jobs/\(accepted.jobId)/events?after=\(told[2].id)")
        #expect(try events(query.text) == Array(told[3...]))
        // Coming back after the end: 204, so that an EventSource stays away.
        let over = try await door.send(
            .get, "/api/jobs/\(accepted.jobId)/events", headers: ["last-event-id": "\(told[3].id)"])
        #expect(over.status == 204)
    }

    @Test("A job that ended long ago still tells its end")
    func afterRetention() async throws {
        let door = try FrontDoor()
        let accepted = try await door.ask()
        try await door.house.working(ScriptedAnswering()) { try await door.end(of: accepted) }
        let first = try events(try await door.send(.get, "/api/jobs/\(accepted.jobId)/events").text)
        door.house.time.advance(by: .seconds(16 * 60))
        try await door.house.store.prune()
        let late = try events(try await door.send(.get, "/api/jobs/\(accepted.jobId)/events").text)
        #expect(late == [try #require(first.last)])
    }

    @Test("A bad Last-Event-ID is 400", arguments: ["x", "-1", "1.5", "99999999999999999999"])
    func badID(id: String) async throws {
        let door = try FrontDoor()
        let accepted = try await door.ask()
        let reply = try await door.send(.get, "/api/jobs/\(accepted.jobId)/events", headers: ["last-event-id": id])
        #expect(reply.status == 400)
        let wrong = try #require(try reply.json(ProblemReply.self).errors?.first)
        #expect(wrong.pointer == "Last-Event-ID" && wrong.detail.hasPrefix("'Last-Event-ID'"))
        let query = try await door.send(.get, "/api/jobs/\(accepted.jobId)/events?after=\(id)")
        #expect(query.status == 400)
        #expect(try query.json(ProblemReply.self).errors?.map(\.pointer) == ["?after"])
    }

    @Test("Draining leaves the stream open for the answers under way; then it ends, to be resumed elsewhere")
    func draining() async throws {
        let door = try FrontDoor()
        let accepted = try await door.ask()
        async let reply = door.send(.get, "/api/jobs/\(accepted.jobId)/events")
        await door.house.time.untilSleeping(1)
        await door.readiness.shutDown()
        await door.readiness.farewell.shutDown()
        await door.house.time.untilSleeping(2)
        door.house.time.advance(by: .milliseconds(250))
        #expect(try events(try await reply.text).map(\.name) == ["status"])
    }
}

import Support
import TestSupport
import Testing
import WebServer

@testable import ChatService

/// The way of a question in spans, over the stores of one machine; `Tests/EndToEnd/otlp_check.py` has the whole program.
@Suite("Traces", .timeLimit(.minutes(10)))
struct TraceTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let caller = "00f067aa0ba902b7"

    private static func headers(_ flags: String) -> HTTPFields { ["traceparent": "00-\(trace)-\(caller)-\(flags)"] }

    private let tracer = Tracer()
    private let answering = ScriptedAnswering([
        [.report(.retrieving), .report(.generating(sources: [])), .report(.delta(stream: 1, "a"))]
    ])

    /// Asks over HTTP and has the question answered.
    private func asked(
        _ body: String = #"{"message": "O que é recursão?"}"#, headers: HTTPFields = [:],
        by answering: ScriptedAnswering, isTriedAgain: Bool = false
    ) async throws -> (AcceptedReply, [SpanRecord]) {
        let door = try FrontDoor(tracer: tracer)
        let reply = try await door.send(.post, "/api/chat", body, headers: headers)
        #expect(reply.status == 202, "\(reply.text)")
        let accepted = try reply.json(AcceptedReply.self)
        let question = Accepted(
            jobID: accepted.jobId, conversationID: accepted.conversationId, sessionID: accepted.sessionId,
            traceID: accepted.traceId, acceptedAt: door.house.time.now)
        try await door.house.working(answering) {
            // A retry waits for a clock that only this test winds.
            if isTriedAgain { try await door.house.untilDue(question) }
            _ = try await door.house.story(question)
        }
        return (accepted, tracer.take(.max))
    }

    @Test("Each part of a question's way stands below the one that began it")
    func way() async throws {
        let (accepted, spans) = try await asked(headers: Self.headers("01"), by: answering)
        #expect(accepted.traceId == Self.trace)
        #expect(spans.allSatisfy { $0.traceID == Self.trace && $0.failure == nil && $0.start <= $0.end })
        let byName = Dictionary(grouping: spans, by: \.name)
        #expect(
            byName.mapValues(\.count) == [
                "POST /api/chat": 1, "wait in line": 1, "answer question": 1, "retrieve": 1, "deliver first text": 1,
            ])
        func one(_ name: String) throws -> SpanRecord { try #require(byName[name]?.first) }
        let (posted, attempt) = (try one("POST /api/chat"), try one("answer question"))
        #expect(posted.parentID == Self.caller && posted.kind == .server)
        #expect(posted.id == accepted.jobId.suffix(16))
        #expect(posted.attributes.contains(.init("http.response.status_code", .number(202))))
        #expect(posted.attributes.contains(.init("gepeto.job.id", .text(accepted.jobId))))
        #expect(try one("wait in line").parentID == posted.id && attempt.parentID == posted.id)
        #expect(attempt.kind == .consumer && attempt.attributes.contains(.init("gepeto.attempt", .number(1))))
        #expect(try one("retrieve").parentID == attempt.id)
        #expect(try one("deliver first text").parentID == attempt.id)
        let told = spans.flatMap(\.attributes).map { "\($0.value)" }.joined()
        #expect(!told.contains("recursão"), "what a student wrote is in no span")
    }

    @Test("Each attempt is a span, the wait is one, and a failure is named")
    func attempts() async throws {
        let failure = AnsweringError(.llmUnavailable, "Try again.", isRetryable: true, cause: "overloaded")
        let (_, spans) = try await asked(
            by: ScriptedAnswering([[.report(.retrieving), .fail(failure)], [.report(.delta(stream: 1, "a"))]]),
            isTriedAgain: true)
        let attempts = spans.filter { $0.name == "answer question" }
        #expect(attempts.map(\.failure) == [failure.label, nil])
        #expect(spans.count { $0.name == "wait in line" } == 1)
        #expect(spans.first { $0.name == "retrieve" }?.failure == "no_passages")
        #expect(Set(spans.map(\.traceID)).count == 1)
    }

    @Test("What the caller does not record is not recorded by the worker either")
    func unsampled() async throws {
        let (accepted, spans) = try await asked(headers: Self.headers("00"), by: answering)
        #expect(accepted.traceId == Self.trace && spans.isEmpty)
    }

    @Test("An id of the client's own names a trace, and is told with it")
    func namedTrace() async throws {
        let (accepted, spans) = try await asked(#"{"message": "a", "traceId": "lesson-7"}"#, by: answering)
        #expect(accepted.traceId == "lesson-7")
        #expect(Set(spans.map(\.traceID)) == [TraceParent.trace(of: "lesson-7")])
        let posted = try #require(spans.first { $0.kind == .server })
        #expect(posted.parentID == nil && posted.attributes.contains(.init("gepeto.trace.id", .text("lesson-7"))))
    }

    @Test("A refusal is found by the id that the client was told")
    func refusals() async throws {
        let door = try FrontDoor(tracer: tracer)
        let reply = try await door.send(.get, "/api/jobs/nothing")
        let problem = try reply.json(ProblemReply.self)
        let span = try #require(tracer.take(1).first)
        #expect(reply.status == 404 && problem.traceId == span.traceID)
        #expect(span.name == "GET /api/jobs/{jobId}" && span.failure == nil)
        #expect(span.attributes.contains(.init("http.response.status_code", .number(404))))
        _ = try await door.send(.get, "/api/health")
        #expect(tracer.take(1).isEmpty, "no span for a probe")
    }

    @Test("A repeat of a question begins no second span of its job")
    func repeats() async throws {
        let door = try FrontDoor(tracer: tracer)
        var headers = Self.headers("01")
        headers["idempotency-key"] = "k"
        for _ in 0..<2 { _ = try await door.send(.post, "/api/chat", #"{"message": "a"}"#, headers: headers) }
        let spans = tracer.take(10)
        #expect(spans.count == 2 && Set(spans.map(\.id)).count == 2)
    }

    @Test("Without a tracer a problem is told the caller's trace")
    func off() async throws {
        let door = try FrontDoor()
        let reply = try await door.send(.get, "/api/jobs/nothing", headers: Self.headers("01"))
        #expect(try reply.json(ProblemReply.self).traceId == Self.trace)
    }
}

@Suite("Jobs in hand")
struct RunningJobsTests {
    @Test("The first and the last of them are told of")
    func business() {
        let running = RunningJobs()
        let idle = running.business
        #expect(!idle.isBusy && !idle.turn.isOpen)
        let first = running.enter("a")
        let busy = running.business
        #expect(idle.turn.isOpen && busy.isBusy && !busy.turn.isOpen)
        let again = running.enter("a")
        running.leave("a", first)
        #expect(running.business.isBusy && running.isRunning("a"), "a later lease of the same job")
        running.leave("a", again)
        #expect(busy.turn.isOpen && !running.business.isBusy && !running.isRunning("a"))
    }
}

import ChatService
import Support
import TestSupport
import Testing
import WebServer

/// What the service counts while it serves.
@Suite("Chat metrics", .timeLimit(.minutes(10)))
struct ChatMetricsTests {
    private static func ended(_ outcome: String, _ code: String = "none") -> String {
        "gepeto_questions_ended_total{code=\"\(code)\",outcome=\"\(outcome)\"}"
    }

    @Test("What an alarm asks for is there before anything happened")
    func fromTheStart() async throws {
        let figures = await Figures(try FrontDoor().house.registry)
        for series in [
            Self.ended("good"), Self.ended("ungrounded"), Self.ended("degraded"),
            Self.ended("failed", "llm_unavailable"),
            Self.ended("failed", "deadline_exceeded"), Self.ended("cancelled", "cancelled"),
            #"gepeto_questions_accepted_total{mode="answer"}"#, "gepeto_question_attempts_total",
            #"gepeto_requests_refused_total{reason="rate_limited",status="429"}"#,
            #"gepeto_requests_refused_total{reason="backlog_full",status="503"}"#,
            #"gepeto_http_requests_total{method="POST",route="/api/chat",status="5xx"}"#,
            #"gepeto_http_request_duration_seconds_count{method="POST",route="/api/chat"}"#,
        ] {
            #expect(figures[series] == 0, "\(series)")
        }
    }

    @Test("A question: accepted, taken, repeated, told, ended, with its times")
    func question() async throws {
        let door = try FrontDoor()
        let house = door.house
        let failure = AnsweringError(.llmUnavailable, "Try again.", isRetryable: true, cause: "overloaded")
        let script = ScriptedAnswering([
            [.fail(failure)],
            [
                .report(.retrieving), .report(.generating(sources: [])), .report(.delta(stream: 1, "a")),
                .report(.restarted(stream: 2)), .report(.delta(stream: 2, "b")),
            ],
        ])
        let accepted = try await door.ask(more: #", "mode": "hint""#)
        let job = try #require(try await house.store.record(job: accepted.jobId)).job
        house.time.advance(by: .seconds(3))
        try await house.working(script) {
            let question = Accepted(
                jobID: job.id, conversationID: accepted.conversationId, sessionID: job.sessionID, traceID: job.traceID,
                acceptedAt: job.acceptedAt)
            try await house.untilDue(question)
            _ = try await house.story(question)
        }
        let figures = await Figures(house.registry)
        #expect(figures[#"gepeto_questions_accepted_total{mode="hint"}"#] == 1)
        #expect(figures["gepeto_question_attempts_total"] == 2)
        #expect(figures.grown("gepeto_question_retries_total").values.reduce(0, +) == 1)
        #expect(figures[#"gepeto_question_retries_total{cause="overloaded"}"#] == 1)
        #expect(figures[Self.ended("ungrounded")] == 1)
        #expect(figures["gepeto_answers_restarted_total"] == 1)
        #expect(figures["gepeto_retrieval_seconds_count"] == 1)
        #expect(figures["gepeto_question_wait_seconds_sum"] == 3 && figures["gepeto_question_wait_seconds_count"] == 1)
        // The wait, and what the clock was wound until the second try.
        #expect(figures["gepeto_question_first_delta_seconds_sum"] == 20)
        #expect(figures["gepeto_question_first_delta_seconds_count"] == 1)
        #expect(figures[#"gepeto_question_duration_seconds_sum{outcome="ungrounded"}"#] == 20)
        #expect(figures.grown("gepeto_questions_ended_total").count == 1)
    }

    @Test("Each end counts once, whoever brings it about")
    func ends() async throws {
        let door = try FrontDoor()
        let house = door.house
        let byOwner = try await door.ask()
        _ = try await door.send(.delete, "/api/jobs/\(byOwner.jobId)")
        _ = try await door.send(.delete, "/api/jobs/\(byOwner.jobId)")
        let withConversation = try await door.ask()
        _ = try await door.send(.delete, "/api/conversations/\(withConversation.conversationId)")
        _ = try await door.ask()
        house.time.advance(by: .seconds(300))
        await house.sweeper.sweep(pruning: false)
        await house.sweeper.sweep(pruning: false)
        _ = try await door.ask()
        let lease = try #require(try await house.store.lease(for: .seconds(30)))
        let failure = JobOutcome.failed(JobFailure(.llmUnavailable))
        #expect(try await house.ledger.finish(lease, with: failure))
        #expect(try await !house.ledger.finish(lease, with: failure))
        let figures = await Figures(house.registry)
        #expect(figures[Self.ended("cancelled", "cancelled")] == 2)
        #expect(figures[Self.ended("failed", "deadline_exceeded")] == 1)
        #expect(figures[Self.ended("failed", "llm_unavailable")] == 1)
        #expect(figures[#"gepeto_questions_accepted_total{mode="answer"}"#] == 4)
        #expect(figures[#"gepeto_question_duration_seconds_count{outcome="failed"}"#] == 2)
    }

    @Test("A repeat of a question is no further one")
    func repeats() async throws {
        let door = try FrontDoor()
        for _ in 0..<3 {
            _ = try await door.send(.post, "/api/chat", #"{"message": "a"}"#, headers: ["idempotency-key": "k"])
        }
        let figures = await Figures(door.house.registry)
        #expect(figures[#"gepeto_questions_accepted_total{mode="answer"}"#] == 1)
        #expect(figures[#"gepeto_http_requests_total{method="POST",route="/api/chat",status="2xx"}"#] == 3)
    }

    @Test("Requests count under their route, refusals under their reason, and nothing a client wrote becomes a label")
    func requests() async throws {
        let door = try FrontDoor(limits: Self.oneJob, perMinute: 20, burst: 2)
        let accepted = try await door.ask("O segredo de Zulmira?")
        _ = try await door.send(.get, "/api/jobs/\(accepted.jobId)")
        _ = try await door.send(.get, "/api/jobs/zulmira")
        _ = try await door.send(.get, "/zulmira")
        _ = try await door.send(.get, "/api/health", headers: ["host": "zulmira.example"])
        _ = try await door.send(.post, "/api/chat", "{")
        #expect(try await door.send(.post, "/api/chat", #"{"message": "a"}"#).status == 503)
        #expect(try await door.send(.post, "/api/chat", #"{"message": "a"}"#).status == 429)
        let figures = await Figures(door.house.registry)
        func requests(_ method: String, _ route: String, _ status: String) -> Double? {
            figures[#"gepeto_http_requests_total{method="\#(method)",route="\#(route)",status="\#(status)"}"#]
        }
        func refused(_ status: Int, _ reason: String) -> Double? {
            figures[#"gepeto_requests_refused_total{reason="\#(reason)",status="\#(status)"}"#]
        }
        #expect(requests("GET", "/api/jobs/{jobId}", "2xx") == 1 && requests("GET", "/api/jobs/{jobId}", "4xx") == 1)
        #expect(requests("POST", "/api/chat", "2xx") == 1 && requests("POST", "/api/chat", "4xx") == 2)
        #expect(requests("POST", "/api/chat", "5xx") == 1 && requests("none", "none", "4xx") == 1)
        #expect(refused(503, "backlog_full") == 1 && refused(429, "rate_limited") == 1)
        #expect(refused(404, "not_found") == 2)
        #expect(figures[#"gepeto_http_request_duration_seconds_count{method="POST",route="/api/chat"}"#] == 4)
        #expect(figures.labels.allSatisfy { !$0.lowercased().contains("zulmira") && !$0.contains(accepted.jobId) })
    }

    private static var oneJob: JobLimits {
        var limits = JobLimits()
        limits.backlog = 1
        return limits
    }

    @Test("Documents: accepted, superseded, ended by outcome and cause")
    func documents() async throws {
        let door = try FrontDoor()
        let (store, ledger) = (door.house.store, door.house.ledger)
        func upload(_ name: String, _ text: String) async throws {
            let reply = try await door.send(
                .post, "/api/courses/algoritmos/documents", bytes: Array(text.utf8),
                headers: ["content-type": "text/plain", "content-disposition": "attachment; filename=\"\(name)\""])
            #expect(reply.status == 202, "\(reply.text)")
        }
        func end(_ outcome: JobOutcome) async throws {
            let lease = try #require(try await store.lease(.document, for: .seconds(30)))
            #expect(try await ledger.finish(lease, with: outcome))
        }
        try await upload("a.txt", "um")
        try await upload("a.txt", "dois")
        try await end(.ingested(IngestedSummary(pages: 1, chunks: 1)))
        try await upload("b.txt", "tres")
        try await end(.failed(JobFailure(.documentFailed, for: .document, cause: "pdf_encrypted")))
        let figures = await Figures(door.house.registry)
        #expect(figures["gepeto_documents_accepted_total"] == 3)
        #expect(figures[#"gepeto_documents_ended_total{cause="none",outcome="ready"}"#] == 1)
        #expect(figures[#"gepeto_documents_ended_total{cause="pdf_encrypted",outcome="failed"}"#] == 1)
        #expect(figures[#"gepeto_documents_ended_total{cause="cancelled",outcome="cancelled"}"#] == 1)
        #expect(figures["gepeto_question_attempts_total"] == 0)
    }
}

import ChatService
import LLM
import Support
import TestSupport
import Testing
import WebServer

@testable import Commands

/// `/metrics`: where it is, and where it is not.
@Suite("Operator port", .timeLimit(.minutes(10)))
struct OperatorPortTests {
    private func configuration(_ environment: [String: String]) throws -> Configuration {
        try Configuration(environment: environment)
    }

    @Test("Without a port there is none")
    func none() throws {
        #expect(try OperatorPort.server(configuration([:]), Metrics(), log: .silent) == nil)
    }

    @Test("A bad port is refused by name", arguments: ["", "x", "-1", "65536", "80 "])
    func bad(port: String) {
        #expect(throws: (any Error).self) { try configuration(["GEPETO_METRICS_PORT": port]) }
    }

    @Test("It serves the figures, and nothing of the API")
    func serves() async throws {
        let metrics = ServiceMetrics()
        metrics.chat.acceptedQuestion(.answer)
        let server = try #require(
            try OperatorPort.server(
                configuration(["GEPETO_METRICS_PORT": "0"]), metrics.registry, log: .silent))
        let run = Task { try await server.run() }
        let client = try RawClient(port: server.port)
        try await client.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        let reply = try await client.response()
        #expect(reply.status == 200)
        #expect(reply.head.lowercased().contains("content-type: text/plain; version=0.0.4; charset=utf-8"))
        #expect(reply.body.contains("\ngepeto_questions_accepted_total{mode=\"answer\"} 1\n"))
        #expect(reply.body.contains("gepeto_build_info{version=\"\(Gepeto.version)\"} 1\n"))
        try await client.send("GET /api/health HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try await client.response().status == 404)
        await client.close()
        await server.shutDown()
        try await run.value
    }

    /// Has still something to do when its answer is whole, as a provider whose connection shall be kept.
    private struct LateModel: LanguageModel {
        let provider = "groq"
        let model = "m"
        let isWhole = Latch()
        let wasCutOff = Locked<Bool?>(nil)

        func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
            AsyncThrowingStream { continuation in
                continuation.onTermination = { reason in
                    let isCancelled = if case .cancelled = reason { true } else { false }
                    wasCutOff.withLock { $0 = isCancelled }
                }
                continuation.yield(.text("a"))
                continuation.yield(
                    .finished(
                        GenerationUsage(
                            provider: provider, model: model, inputTokens: 1, outputTokens: 1, costUSD: nil)))
                Task {
                    await isWhole.wait()
                    continuation.finish()
                }
            }
        }
    }

    @Test("A counted model is read to its stream's end")
    func wholeStreams() async throws {
        let base = LateModel()
        let model = ModelMetrics(Metrics()).measuring(base, ManualTime())
        for try await event in model.generate(GenerationRequest(messages: [], question: "?", language: "pt")) {
            guard case .finished = event else { continue }
            for _ in 0..<100 { await Task.yield() }
            base.isWhole.open()
        }
        #expect(base.wasCutOff.withLock { $0 } == false)
    }

    @Test("Calls to a model count by outcome, with tokens and cost")
    func models() async throws {
        let registry = Metrics()
        let metrics = ModelMetrics(registry)
        let usage = GenerationUsage(
            provider: "groq", model: "m", inputTokens: 100, outputTokens: 7, costUSD: 0.25)
        let failure = LanguageModelError(.rateLimited, provider: "groq", model: "m")
        let model = metrics.measuring(
            ScriptedModel(
                provider: "groq", model: "m",
                [
                    .init([.text("a"), .text("b"), .finished(usage)]), .init([.text("a")], error: failure),
                    .init([.text("a")]),
                ]), ManualTime())
        #expect(model.provider == "groq" && model.model == "m")
        let request = GenerationRequest(messages: [], question: "?", language: "pt")
        var events: [GenerationEvent] = []
        for try await event in model.generate(request) { events.append(event) }
        #expect(events == [.text("a"), .text("b"), .finished(usage)])
        await #expect(throws: failure) { for try await _ in model.generate(request) {} }
        for try await _ in model.generate(request) {}
        let text = await registry.text()
        for line in [
            #"gepeto_llm_calls_total{outcome="ok",provider="groq"} 1"#,
            #"gepeto_llm_calls_total{outcome="rate_limited",provider="groq"} 1"#,
            #"gepeto_llm_calls_total{outcome="truncated_stream",provider="groq"} 1"#,
            #"gepeto_llm_tokens_total{direction="input",provider="groq"} 100"#,
            #"gepeto_llm_tokens_total{direction="output",provider="groq"} 7"#,
            #"gepeto_llm_cost_usd_total{provider="groq"} 0.25"#,
            #"gepeto_llm_call_seconds_count{provider="groq"} 3"#,
            #"gepeto_llm_first_text_seconds_count{provider="groq"} 3"#,
        ] {
            #expect(text.contains("\n\(line)\n"), "\(line)")
        }
    }
}

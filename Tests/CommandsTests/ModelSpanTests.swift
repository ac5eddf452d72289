import LLM
import Support
import TestSupport
import Testing

@testable import Commands

@Suite struct ModelSpanTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let secret = "Was ist Rekursion?"

    private static func spans(_ model: any LanguageModel) async throws -> (attempt: SpanRecord, call: SpanRecord) {
        let tracer = Tracer()
        let measured = ModelMetrics(Metrics()).measuring(model)
        let request = GenerationRequest(messages: [.init(.user, secret)], question: secret, language: "de")
        let attempt = tracer.span("answer question", .consumer, in: trace, under: nil)
        await Span.$current.withValue(attempt) {
            // What it throws is in the span.
            do { for try await _ in measured.generate(request) {} } catch {}
        }
        attempt.end()
        var records: [SpanRecord] = []
        try await eventually {
            records += tracer.take(10)
            return records.count == 2
        }
        return (
            try #require(records.first { $0.kind == .consumer }), try #require(records.first { $0.kind != .consumer })
        )
    }

    @Test func aCallTellsWhoWasAskedAndWhatItTook() async throws {
        let usage = GenerationUsage(
            provider: "groq", model: "llama-3-exact", inputTokens: 12, outputTokens: 7, costUSD: 0.25)
        let (attempt, call) = try await Self.spans(
            ScriptedModel(provider: "groq", model: "llama", [.init([.text("Eine Funktion"), .finished(usage)])]))
        #expect(call.parentID == attempt.id && call.kind == .client && call.name == "chat llama")
        for attribute: SpanRecord.Attribute in [
            .init("gen_ai.operation.name", .text("chat")), .init("gen_ai.provider.name", .text("groq")),
            .init("gen_ai.request.model", .text("llama")), .init("gen_ai.response.model", .text("llama-3-exact")),
            .init("gen_ai.usage.input_tokens", .number(12)), .init("gen_ai.usage.output_tokens", .number(7)),
            .init("gepeto.llm.cost_usd", .real(0.25)),
        ] { #expect(call.attributes.contains(attribute), "\(attribute)") }
        let told = call.attributes.map { "\($0)" }.joined()
        #expect(!told.contains(Self.secret) && !told.contains("Eine Funktion") && call.failure == nil)
    }

    @Test func aCallThatFailsTellsWhy() async throws {
        let error = LanguageModelError(.rateLimited, provider: "groq", model: "llama")
        let (_, call) = try await Self.spans(
            ScriptedModel(provider: "groq", model: "llama", [.init([.text("Eine")], error: error)]))
        #expect(call.failure == error.label && call.attributes.contains(.init("error.type", .text(error.label))))
        let (_, cut) = try await Self.spans(ScriptedModel([.init([.text("Eine")])]))
        #expect(cut.failure == "truncated_stream")
    }
}

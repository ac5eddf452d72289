import LLM
import Support

/// One call of a language model in a trace: who was asked and what it took, never what was said.
///
/// The attributes' names are OpenTelemetry's semantic conventions for generative AI.
struct ModelSpan: Sendable {
    private let span: Span

    /// nil where the call belongs to no trace that is recorded.
    init?(_ model: any LanguageModel, _ request: GenerationRequest) {
        guard let current = Span.current else { return nil }
        span = current.child("chat \(model.model)", model.isLocal ? .within : .client)
        span.set("gen_ai.operation.name", .text("chat"))
        span.set("gen_ai.provider.name", .text(model.provider))
        span.set("gen_ai.request.model", .text(model.model))
        span.set("gen_ai.request.max_tokens", .number(request.maxOutputTokens))
    }

    /// The span is the task's within `work`, so that a provider is told of it.
    static func within<Value>(_ span: ModelSpan?, _ work: () async throws -> Value) async throws -> Value {
        guard let span else { return try await work() }
        return try await Span.$current.withValue(span.span) { try await work() }
    }

    func shown(after time: Duration) { span.set("gepeto.llm.first_text_ms", .number(Int(time.milliseconds))) }

    func finished(_ usage: GenerationUsage) {
        span.set("gen_ai.response.model", .text(usage.model))
        span.set("gen_ai.usage.input_tokens", .number(usage.inputTokens))
        span.set("gen_ai.usage.output_tokens", .number(usage.outputTokens))
        if let cost = usage.costUSD { span.set("gepeto.llm.cost_usd", .real(cost)) }
        span.end()
    }

    func failed(_ label: String) {
        span.fail(label)
        span.end()
    }
}

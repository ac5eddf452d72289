import LLM
import Support

/// What calls to language models take, by provider.
struct ModelMetrics: Sendable {
    private static let times: [Double] = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60]

    private let calls: Counter
    private let seconds: Histogram
    private let firstText: Histogram
    private let tokens: Counter
    private let cost: Counter

    init(_ metrics: Metrics) {
        calls = metrics.counter(
            "gepeto_llm_calls_total", "Calls to a language model, by outcome: ok, or why there was no answer.",
            labels: ["provider", "outcome"])
        seconds = metrics.histogram(
            "gepeto_llm_call_seconds", "A whole call, however it ended.", labels: ["provider"], buckets: Self.times)
        firstText = metrics.histogram(
            "gepeto_llm_first_text_seconds", "From a call's begin to its first text.", labels: ["provider"],
            buckets: Self.times)
        tokens = metrics.counter(
            "gepeto_llm_tokens_total", "Tokens of whole answers, as the provider counts them.",
            labels: ["provider", "direction"])
        cost = metrics.counter(
            "gepeto_llm_cost_usd_total", "US dollars of whole answers, where the model's price is known.",
            labels: ["provider"])
    }

    func measuring(_ model: any LanguageModel, _ time: any TimeSource = SystemTime()) -> any LanguageModel {
        // So that a rate sees the first call too.
        calls.series(["provider": model.provider, "outcome": "ok"])
        return MeasuredModel(base: model, metrics: self, time: time)
    }

    func shown(_ provider: String, after time: Duration) { firstText.observe(time, ["provider": provider]) }

    func ended(_ provider: String, _ outcome: String, after time: Duration) {
        calls.add(1, ["provider": provider, "outcome": outcome])
        seconds.observe(time, ["provider": provider])
    }

    func used(_ provider: String, _ usage: GenerationUsage) {
        tokens.add(Double(usage.inputTokens), ["provider": provider, "direction": "input"])
        tokens.add(Double(usage.outputTokens), ["provider": provider, "direction": "output"])
        if let dollars = usage.costUSD { cost.add(dollars, ["provider": provider]) }
    }
}

/// One provider's model, its calls counted and timed.
private struct MeasuredModel: LanguageModel {
    let base: any LanguageModel
    let metrics: ModelMetrics
    let time: any TimeSource

    var provider: String { base.provider }
    var model: String { base.model }
    var isLocal: Bool { base.isLocal }

    func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
        let (events, continuation) = AsyncThrowingStream<GenerationEvent, any Error>.makeStream()
        let span = ModelSpan(self, request)
        // Not a child task: the stream outlives the call that makes it. It ends with the stream.
        let task = Task {
            let start = time.elapsed
            do {
                let isWhole = try await ModelSpan.within(span) {
                    try await pass(request, since: start, span, to: continuation)
                }
                if !isWhole {
                    // A stream also ends, without an error, when the task that reads it is cancelled.
                    let outcome = Task.isCancelled ? "cancelled" : "truncated_stream"
                    metrics.ended(provider, outcome, after: time.elapsed - start)
                    span?.failed(outcome)
                }
                continuation.finish()
            } catch {
                metrics.ended(provider, error.label, after: time.elapsed - start)
                span?.failed(error.label)
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return events
    }

    /// Reads to the stream's end, not only to `finished`: who stops earlier has the connection closed.
    /// - Returns: whether the answer came to its end, which is counted then.
    private func pass(
        _ request: GenerationRequest, since start: Duration, _ span: ModelSpan?,
        to continuation: AsyncThrowingStream<GenerationEvent, any Error>.Continuation
    ) async throws -> Bool {
        var hasText = false
        var isWhole = false
        for try await event in base.generate(request) where !isWhole {
            switch event {
            case .text where !hasText:
                hasText = true
                metrics.shown(provider, after: time.elapsed - start)
                span?.shown(after: time.elapsed - start)
            case .finished(let usage):
                // Counted before it is passed on: the reader may leave with it.
                metrics.used(provider, usage)
                metrics.ended(provider, "ok", after: time.elapsed - start)
                span?.finished(usage)
                isWhole = true
            case .text, .restarted: break
            }
            continuation.yield(event)
        }
        return isWhole
    }
}

import Support

/// Several models as one: tries them in order until one has answered to the end.
///
/// A model that fails in a way that may pass is asked again, if the wait is short; then comes the next. A stream that
/// breaks after some of its text was shown makes the next model begin anew, and `restarted` goes before that model's
/// first piece; until then the reader keeps what was shown. Attempts are bounded by `Policy`, and none begins after the
/// request's deadline. Breakers and retry budgets go around each model as a `LanguageModel` of their own.
package struct ModelChain: LanguageModel {
    package struct Policy: Sendable {
        /// How often one model is asked, at least 1.
        package var attemptsPerModel: Int
        /// What is waited for the same model at most; when it asks for more, the next one is tried at once.
        package var longestWait: Duration
        /// Waits where the provider asks for none.
        package var backoff: Backoff

        package init(
            attemptsPerModel: Int = 2, longestWait: Duration = .seconds(2),
            backoff: Backoff = Backoff(base: .milliseconds(250), cap: .seconds(1))
        ) {
            self.attemptsPerModel = attemptsPerModel
            self.longestWait = longestWait
            self.backoff = backoff
        }
    }

    private let models: [any LanguageModel]
    private let policy: Policy
    private let time: any TimeSource
    private let log: Log

    package init(
        _ models: [any LanguageModel], policy: Policy = Policy(), time: any TimeSource = SystemTime(),
        log: Log = .silent
    ) {
        self.models = models
        self.policy = policy
        self.time = time
        self.log = log
    }

    /// Those of the first model; who answered stands in the usage.
    package var provider: String { models.first?.provider ?? "none" }
    package var model: String { models.first?.model ?? "none" }

    package func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
        let (events, continuation) = AsyncThrowingStream<GenerationEvent, any Error>.makeStream()
        // Not a child task: the stream outlives the call that makes it. It ends with the stream.
        let task = Task {
            do {
                try await run(request, into: continuation)
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return events
    }

    private typealias Continuation = AsyncThrowingStream<GenerationEvent, any Error>.Continuation

    private func run(_ request: GenerationRequest, into continuation: Continuation) async throws {
        var last = LanguageModelError(.noModel, provider: provider, model: model)
        var isVoid = false
        for (index, model) in models.enumerated() {
            for attempt in 1...max(policy.attemptsPerModel, 1) {
                if let deadline = request.deadline, time.elapsed >= deadline {
                    throw LanguageModelError(.deadlineExceeded, provider: model.provider, model: model.model)
                }
                let (failure, hasShown) = try await ask(model, request, replacing: isVoid, into: continuation)
                guard let failure else { return }
                last = failure
                isVoid = isVoid || hasShown
                log.warning(
                    "a model failed",
                    [
                        "provider": model.provider, "model": model.model, "error": failure.label,
                        "attempt": "\(attempt)", "after_text": "\(hasShown)",
                    ])
                guard failure.mayFailOver else { throw failure }
                let isLastModel = index == models.count - 1
                guard attempt < policy.attemptsPerModel, failure.isRetryable, !hasShown || isLastModel,
                    let wait = wait(after: failure, attempt: attempt, deadline: request.deadline)
                else { break }
                try await time.sleep(for: wait)
            }
        }
        throw last
    }

    /// One attempt: nil when the model answered to the end, else why not, and whether it had shown any text.
    private func ask(
        _ model: any LanguageModel, _ request: GenerationRequest, replacing isVoid: Bool,
        into continuation: Continuation
    ) async throws -> (failure: LanguageModelError?, hasShown: Bool) {
        var hasShown = false
        func announce() {
            if isVoid, !hasShown { continuation.yield(.restarted(provider: model.provider, model: model.model)) }
        }
        do {
            for try await event in model.generate(request) {
                switch event {
                case .text(let text) where text.isEmpty: continue
                case .text:
                    announce()
                    hasShown = true
                case .restarted: hasShown = true
                case .finished:
                    announce()
                    continuation.yield(event)
                    return (nil, hasShown)
                }
                continuation.yield(event)
            }
            // A stream also ends, without an error, when the task that reads it is cancelled.
            try Task.checkCancellation()
            return (LanguageModelError(.truncatedStream, provider: model.provider, model: model.model), hasShown)
        } catch let error as LanguageModelError {
            return (error, hasShown)
        }
    }

    /// How long to wait for the same model; nil when that is too long.
    private func wait(after failure: LanguageModelError, attempt: Int, deadline: Duration?) -> Duration? {
        let wait = failure.retryAfter ?? policy.backoff.wait(afterAttempt: attempt)
        guard wait <= policy.longestWait else { return nil }
        if let deadline, time.elapsed + wait >= deadline { return nil }
        return wait
    }
}

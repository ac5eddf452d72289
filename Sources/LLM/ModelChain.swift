import Support

/// Several models as one: asks them in order until one has answered to the end.
///
/// The chain has a budget of time to the first text: when it is used up, only models that need no network are asked, and
/// a model that is waited for is given up. A model that is merely busy is passed over, and waited for only when no other
/// is left but local ones. A stream that breaks after some of its text was shown makes the next model begin anew, and
/// `restarted` goes before that model's first piece; until then the reader keeps what was shown. No model is asked after
/// the request's deadline. Breaker, bulkhead and retries are each model's own: `ResilientModel`.
package struct ModelChain: LanguageModel, HealthReporting {
    package struct Policy: Sendable {
        /// From the question, or from a break after text was shown, to the (next) first text of a model over the network.
        package var firstTextBudget: Duration

        package init(firstTextBudget: Duration = .seconds(15)) { self.firstTextBudget = firstTextBudget }
    }

    private let models: [any LanguageModel]
    private let policy: Policy
    private let time: any TimeSource

    package init(
        _ models: [any LanguageModel], policy: Policy = Policy(), time: any TimeSource = SystemTime()
    ) {
        self.models = models
        self.policy = policy
        self.time = time
    }

    /// Those of the first model; who answered stands in the usage.
    package var provider: String { models.first?.provider ?? "none" }
    package var model: String { models.first?.model ?? "none" }
    package var isLocal: Bool { models.allSatisfy(\.isLocal) }

    package var health: [ModelHealth] { models.flatMap { ($0 as? any HealthReporting)?.health ?? [] } }

    package func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
        .made { try await self.run(request, into: $0) }
    }

    private typealias Continuation = GenerationStream.Continuation

    private struct Turn {
        let model: any LanguageModel
        var waitsForPlace = false
    }

    private func run(_ request: GenerationRequest, into continuation: Continuation) async throws {
        var line = models.map { Turn(model: $0) }
        var failures = ChainFailures()
        var firstTextBy = time.elapsed + policy.firstTextBudget
        var isVoid = false
        while !line.isEmpty {
            let turn = line.removeFirst()
            let model = turn.model
            if let deadline = request.deadline, time.elapsed >= deadline {
                throw LanguageModelError(.deadlineExceeded, provider: model.provider, model: model.model)
            }
            guard model.isLocal || time.elapsed < firstTextBy else {
                failures.add(
                    LanguageModelError(.timeout, provider: model.provider, model: model.model), isLocal: false)
                continue
            }
            var own = request
            own.firstTextBy = model.isLocal ? nil : firstTextBy
            own.waitsForPlace = turn.waitsForPlace
            let (failure, hasShown) = try await ask(model, own, replacing: isVoid, into: continuation)
            guard let failure else { return }
            guard failure.mayFailOver else { throw failure }
            failures.add(failure, isLocal: model.isLocal)
            if hasShown {
                isVoid = true
                firstTextBy = time.elapsed + policy.firstTextBudget
            } else if failure.code == .busy, !turn.waitsForPlace {
                let place = line.firstIndex { $0.model.isLocal } ?? line.endIndex
                line.insert(Turn(model: model, waitsForPlace: true), at: place)
            }
        }
        throw failures.verdict ?? LanguageModelError(.noModel, provider: provider, model: model)
    }

    /// Asks one model: nil when it answered to the end, else why not, and whether it had shown any text.
    private func ask(
        _ model: any LanguageModel, _ request: GenerationRequest, replacing isVoid: Bool,
        into continuation: Continuation
    ) async throws -> (failure: LanguageModelError?, hasShown: Bool) {
        var hasShown = false
        var isWhole = false
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
                    isWhole = true
                }
                continuation.yield(event)
            }
            // Read to the stream's end, not only to `finished`: who stops earlier cancels what the model still has to do.
            if isWhole { return (nil, hasShown) }
            // A stream also ends, without an error, when the task that reads it is cancelled.
            try Task.checkCancellation()
            return (LanguageModelError(.truncatedStream, provider: model.provider, model: model.model), hasShown)
        } catch let error as LanguageModelError {
            return (error, hasShown)
        }
    }
}

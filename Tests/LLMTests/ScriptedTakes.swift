import Support
import TestSupport

@testable import LLM

/// A model with a script: its n-th generation yields the n-th list of events and then fails, ends or stays silent.
final class ScriptedTakes: LanguageModel {
    struct Take: Sendable {
        var events: [GenerationEvent] = []
        var error: LanguageModelError.Code?
        var retryAfter: Duration?
        /// What is waited for before the events.
        var begin: Latch?
        /// Whether the stream stays open after the events, until it is cancelled.
        var hangs = false

        static func good(_ provider: String, _ text: String = "answer", begin: Latch? = nil) -> Take {
            Take(events: [.text(text), .finished(usage(provider))], begin: begin)
        }
    }

    let provider: String
    let model = "m"
    let isLocal: Bool
    private let takes: [Take]
    private let asked = Locked<[GenerationRequest]>([])
    private let ended = Locked(0)

    init(_ provider: String, isLocal: Bool = false, _ takes: Take...) {
        self.provider = provider
        self.isLocal = isLocal
        self.takes = takes
    }

    static func usage(_ provider: String) -> GenerationUsage {
        GenerationUsage(provider: provider, model: "m", inputTokens: 1, outputTokens: 2, costUSD: nil)
    }

    var requests: [GenerationRequest] { asked.withLock { $0 } }
    var calls: Int { requests.count }
    /// Streams that hung and were cancelled.
    var cancelled: Int { ended.withLock { $0 } }

    func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
        let index = asked.withLock { asked in
            asked.append(request)
            return asked.count - 1
        }
        let take = takes[min(index, takes.count - 1)]
        let (events, continuation) = AsyncThrowingStream<GenerationEvent, any Error>.makeStream()
        // Not a child task: it ends with the stream.
        let task = Task {
            await take.begin?.wait()
            for event in take.events { continuation.yield(event) }
            guard !take.hangs else { return }
            continuation.finish(
                throwing: take.error.map {
                    LanguageModelError($0, provider: provider, model: model, retryAfter: take.retryAfter)
                })
        }
        continuation.onTermination = { [ended] reason in
            task.cancel()
            if case .cancelled = reason { ended.withLock { $0 += 1 } }
        }
        return events
    }

    /// Returns when the model was asked `count` times.
    func untilAsked(_ count: Int) async throws { try await eventually { calls >= count } }
}

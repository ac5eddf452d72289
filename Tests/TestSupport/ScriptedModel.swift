import LLM
import Support

/// A language model that says what a test wrote down, and keeps what it was asked.
package final class ScriptedModel: LanguageModel {
    /// One generation.
    package struct Take: Sendable {
        package var events: [GenerationEvent]
        /// Thrown after the events.
        package var error: (any Error)?
        /// Whether the stream stays open after the events.
        package var hangs = false

        package init(_ events: [GenerationEvent], error: (any Error)? = nil, hangs: Bool = false) {
            self.events = events
            self.error = error
            self.hangs = hangs
        }

        /// A good generation of these pieces.
        package static func says(_ pieces: String...) -> Take {
            let usage = GenerationUsage(
                provider: "scripted", model: "script", inputTokens: 10, outputTokens: pieces.count, costUSD: 0)
            return Take(pieces.map { .text($0) } + [.finished(usage)])
        }
    }

    package let provider: String
    package let model: String
    private let takes: Locked<[Take]>
    private let asked = Locked<[GenerationRequest]>([])

    /// - Parameter takes: one for each generation; the last is repeated.
    package init(provider: String = "scripted", model: String = "script", _ takes: [Take]) {
        precondition(!takes.isEmpty, "a script needs at least one take")
        self.provider = provider
        self.model = model
        self.takes = Locked(takes)
    }

    /// The requests so far, oldest first.
    package var requests: [GenerationRequest] { asked.withLock { $0 } }

    package func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
        asked.withLock { $0.append(request) }
        let take = takes.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        return AsyncThrowingStream { continuation in
            for event in take.events { continuation.yield(event) }
            if !take.hangs { continuation.finish(throwing: take.error) }
        }
    }
}

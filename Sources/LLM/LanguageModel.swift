import Support

/// The port behind which an answer is written: a provider's model, or the extractive answerer that only quotes.
package protocol LanguageModel: Sendable {
    /// Who runs the model, for example `groq`, `openai`, `anthropic`, `extractive`.
    var provider: String { get }
    /// The model's name at that provider.
    var model: String { get }
    /// Whether it needs no network: it neither times out nor is ever down.
    var isLocal: Bool { get }

    /// Starts one generation. The stream yields pieces of text as they come and ends after one `finished`.
    ///
    /// Ending the iteration or cancelling the task cancels the transfer; a reader whose own task is cancelled may see
    /// the stream end without `finished` and without an error, as `AsyncThrowingStream` has it.
    /// - Throws (from the stream): `LanguageModelError`; `CancellationError`.
    func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error>
}

extension LanguageModel {
    package var isLocal: Bool { false }
}

/// What a model is asked.
package struct GenerationRequest: Sendable {
    package struct Message: Sendable, Equatable {
        package enum Role: String, Sendable { case system, user, assistant }
        package let role: Role
        package let content: String

        package init(_ role: Role, _ content: String) {
            self.role = role
            self.content = content
        }
    }

    /// A passage that the prompt carries under a number; for models that quote instead of generating.
    package struct Evidence: Sendable {
        /// The number in the marker: 2 for `[2]`.
        package let number: Int
        package let text: String
        /// The passage's rank score, comparable within one request only.
        package let score: Double

        package init(number: Int, text: String, score: Double) {
            self.number = number
            self.text = text
            self.score = score
        }
    }

    /// The conversation as the model shall see it, the system prompt first, the question last.
    package var messages: [Message]
    /// The question by itself, standing alone.
    package var question: String
    /// The question's language: `pt` or `en`.
    package var language: String
    package var evidence: [Evidence]
    package var maxOutputTokens: Int
    package var temperature: Double
    /// When the whole job must be over, by the monotonic clock (`TimeSource.elapsed`); nil for none.
    package var deadline: Duration?
    /// When a model over the network is given up if no text has come, by `TimeSource.elapsed`; nil for never. Set by the
    /// chain.
    package var firstTextBy: Duration?
    /// Whether to wait, until `firstTextBy` at most, for a place at a model that is busy. Set by the chain.
    package var waitsForPlace = false

    package init(
        messages: [Message], question: String, language: String, evidence: [Evidence] = [], maxOutputTokens: Int = 1024,
        temperature: Double = 0.2, deadline: Duration? = nil
    ) {
        self.messages = messages
        self.question = question
        self.language = language
        self.evidence = evidence
        self.maxOutputTokens = maxOutputTokens
        self.temperature = temperature
        self.deadline = deadline
    }
}

/// What a generation yields.
package enum GenerationEvent: Sendable, Equatable {
    /// The next piece of the answer.
    case text(String)
    /// The answer begins anew: a stream broke and another model took over; what was shown before is void.
    case restarted(provider: String, model: String)
    /// The last event of a good stream.
    case finished(GenerationUsage)
}

/// What a generation took.
package struct GenerationUsage: Sendable, Equatable {
    package var provider: String
    package var model: String
    /// 0 for a model that counts no tokens.
    package var inputTokens: Int
    package var outputTokens: Int
    /// US dollars by the price table; nil when the model's price is not known.
    package var costUSD: Double?
    /// Whether the answer was cut at `maxOutputTokens`.
    package var truncated: Bool

    package init(
        provider: String, model: String, inputTokens: Int, outputTokens: Int, costUSD: Double?, truncated: Bool = false
    ) {
        self.provider = provider
        self.model = model
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.costUSD = costUSD
        self.truncated = truncated
    }
}

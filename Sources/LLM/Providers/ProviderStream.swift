import HTTPClient

/// Reads one provider's stream of events: a value that is fed events and says what each means.
protocol ProviderStream: Sendable {
    /// The text an event adds, often none.
    mutating func take(_ event: EventStreamDecoder.Event) throws(ProviderFailure) -> String
    var state: ProviderStreamState { get }
}

/// What a provider's stream has said so far.
struct ProviderStreamState: Sendable, Equatable {
    /// The provider has said that nothing more comes.
    var isOver = false
    /// The provider has said why the model stopped: the answer is whole, even if the stream then breaks.
    var hasStopReason = false
    /// The model stopped at the limit of tokens.
    var isCut = false
    var inputTokens: Int?
    var outputTokens: Int?
}

import FoundationEssentials
import HTTPClient
import Support

/// A model behind Anthropic's messages.
package struct AnthropicModel: LanguageModel {
    package let provider: String
    package let model: String
    private let url: String
    private let apiKey: APIKey
    private let client: HTTPClient
    private let timeouts: ProviderTimeouts
    private let prices: PriceTable
    private let time: any TimeSource

    /// - Parameter baseURL: without the version, as Anthropic's own clients take it: `https://api.anthropic.com`.
    package init(
        provider: String = "anthropic", model: String, baseURL: String = "https://api.anthropic.com", apiKey: APIKey,
        client: HTTPClient, timeouts: ProviderTimeouts = .contract, pricing: PriceTable = .standard,
        time: any TimeSource = SystemTime()
    ) {
        self.provider = provider
        self.model = model
        let base = baseURL.withoutTrailingSlashes
        url = base.hasSuffix("/v1") ? base + "/messages" : base + "/v1/messages"
        self.apiKey = apiKey
        self.client = client
        self.timeouts = timeouts
        prices = pricing
        self.time = time
    }

    private struct Body: Encodable {
        struct Message: Encodable, Equatable {
            let role: String
            var content: String
        }

        let model: String
        let system: String?
        let messages: [Message]
        let max_tokens: Int
        let temperature: Double
        let stream = true
    }

    package func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
        let call = ProviderCall(
            provider: provider, model: model, client: client, prices: prices, time: time, stream: AnthropicStream())
        return call.events(
            post: url, headers: [("x-api-key", apiKey.text), ("anthropic-version", "2023-06-01")],
            body: body(for: request),
            timeouts: timeouts, deadline: request.deadline)
    }

    private func body(for request: GenerationRequest) -> [UInt8] {
        let system = request.messages.filter { $0.role == .system }.map(\.content).joined(separator: "\n\n")
        let body = Body(
            model: model, system: system.isEmpty ? nil : system, messages: Self.turns(of: request),
            max_tokens: request.maxOutputTokens, temperature: min(max(request.temperature, 0), 1))
        return (try? JSONEncoder().encode(body)).map { [UInt8]($0) } ?? []
    }

    /// Turns as Anthropic wants them: none empty, the user's first, no two of one role in a row.
    private static func turns(of request: GenerationRequest) -> [Body.Message] {
        var turns: [Body.Message] = []
        for message in request.messages where message.role != .system && !message.content.isEmpty {
            if let last = turns.indices.last, turns[last].role == message.role.rawValue {
                turns[last].content += "\n\n" + message.content
            } else {
                // The history may begin with an answer whose question was left out.
                if turns.isEmpty, message.role == .assistant { turns.append(.init(role: "user", content: "…")) }
                turns.append(.init(role: message.role.rawValue, content: message.content))
            }
        }
        return turns
    }
}

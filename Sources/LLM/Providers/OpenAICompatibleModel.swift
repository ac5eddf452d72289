import FoundationEssentials
import HTTPClient
import Support

/// A model behind OpenAI's chat completions: OpenAI itself, Groq, Ollama, and whatever else speaks that protocol.
package struct OpenAICompatibleModel: LanguageModel {
    package let provider: String
    package let model: String
    private let url: String
    private let apiKey: APIKey?
    private let client: HTTPClient
    private let timeouts: ProviderTimeouts
    private let prices: PriceTable
    private let time: any TimeSource

    /// - Parameters:
    ///   - baseURL: up to and including the version, for example `https://api.openai.com/v1`.
    ///   - apiKey: nil where none is needed.
    package init(
        provider: String, model: String, baseURL: String, apiKey: APIKey?, client: HTTPClient,
        timeouts: ProviderTimeouts = .contract, pricing: PriceTable = .standard, time: any TimeSource = SystemTime()
    ) {
        self.provider = provider
        self.model = model
        url = baseURL.withoutTrailingSlashes + "/chat/completions"
        self.apiKey = apiKey
        self.client = client
        self.timeouts = timeouts
        prices = pricing
        self.time = time
    }

    private struct Body: Encodable {
        struct Message: Encodable {
            let role: String
            let content: String
        }

        struct StreamOptions: Encodable { let include_usage = true }

        let model: String
        let messages: [Message]
        let stream = true
        let stream_options = StreamOptions()
        var max_tokens: Int?
        var max_completion_tokens: Int?
        var temperature: Double?
    }

    package func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
        let call = ProviderCall(
            provider: provider, model: model, client: client, prices: prices, time: time, stream: OpenAIStream())
        return call.events(
            post: url, headers: apiKey.map { [("Authorization", "Bearer \($0.text)")] } ?? [], body: body(for: request),
            timeouts: timeouts, deadline: request.deadline)
    }

    private func body(for request: GenerationRequest) -> [UInt8] {
        var body = Body(
            model: model, messages: request.messages.map { .init(role: $0.role.rawValue, content: $0.content) })
        // OpenAI and Groq call the older name deprecated, and OpenAI's reasoning models refuse it; others know only it.
        if provider == "openai" || provider == "groq" {
            body.max_completion_tokens = request.maxOutputTokens
        } else {
            body.max_tokens = request.maxOutputTokens
        }
        if !takesDefaultTemperatureOnly { body.temperature = request.temperature }
        return (try? JSONEncoder().encode(body)).map { [UInt8]($0) } ?? []
    }

    /// OpenAI's reasoning models refuse any temperature.
    private var takesDefaultTemperatureOnly: Bool {
        provider == "openai" && ["o1", "o3", "o4", "gpt-5"].contains { model.hasPrefix($0) }
    }
}

extension String {
    var withoutTrailingSlashes: String { String(reversed().drop { $0 == "/" }.reversed()) }
}

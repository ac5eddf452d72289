import HTTPClient
import Support

/// A provider by the name it has in `GEPETO_LLM`, with its defaults.
///
/// A name not listed here is taken as one more service that speaks OpenAI's protocol: it then needs `<NAME>_BASE_URL`
/// and `<NAME>_MODEL`.
package struct ModelProvider: Sendable, Equatable {
    private enum Dialect { case openAI, anthropic }

    package let name: String
    package let defaultModel: String?
    package let defaultBaseURL: String?
    package let needsKey: Bool
    private let dialect: Dialect

    /// The strongest open model that Groq serves as stable, at some hundred tokens a second.
    package static let groq = ModelProvider(
        name: "groq", defaultModel: "llama-3.3-70b-versatile", defaultBaseURL: "https://api.groq.com/openai/v1",
        needsKey: true, dialect: .openAI)
    /// Quoting and explaining given passages needs no larger model, and none of OpenAI's is cheaper and as dependable.
    package static let openAI = ModelProvider(
        name: "openai", defaultModel: "gpt-4o-mini", defaultBaseURL: "https://api.openai.com/v1", needsKey: true,
        dialect: .openAI)
    /// The small model of Anthropic's generation 4.5, under its undated name; quoting and explaining needs no larger one.
    package static let anthropic = ModelProvider(
        name: "anthropic", defaultModel: "claude-haiku-4-5", defaultBaseURL: "https://api.anthropic.com",
        needsKey: true, dialect: .anthropic)
    /// Small enough for a laptop without a graphics card, and one of the first that Ollama's users have.
    package static let ollama = ModelProvider(
        name: "ollama", defaultModel: "llama3.2", defaultBaseURL: "http://127.0.0.1:11434/v1", needsKey: false,
        dialect: .openAI)

    package static let known = [groq, openAI, anthropic, ollama]

    package init(named name: String) {
        self =
            Self.known.first { $0.name == name }
            ?? ModelProvider(name: name, defaultModel: nil, defaultBaseURL: nil, needsKey: false, dialect: .openAI)
    }

    private init(name: String, defaultModel: String?, defaultBaseURL: String?, needsKey: Bool, dialect: Dialect) {
        self.name = name
        self.defaultModel = defaultModel
        self.defaultBaseURL = defaultBaseURL
        self.needsKey = needsKey
        self.dialect = dialect
    }

    /// The model with what the configuration says, and the defaults for the rest.
    /// - Throws: `LanguageModelError` (`misconfigured`) with the variable that is missing.
    package func languageModel(
        apiKey: APIKey? = nil, model: String? = nil, baseURL: String? = nil, client: HTTPClient,
        timeouts: ProviderTimeouts = .contract, pricing: PriceTable = .standard, time: any TimeSource = SystemTime()
    ) throws(LanguageModelError) -> any LanguageModel {
        let variable = name.uppercased()
        guard let model = model ?? defaultModel else { throw missing("\(variable)_MODEL", model: "") }
        guard let baseURL = baseURL ?? defaultBaseURL else { throw missing("\(variable)_BASE_URL", model: model) }
        let key = apiKey.flatMap { $0.text.isEmpty ? nil : $0 }
        if needsKey, key == nil { throw missing("\(variable)_API_KEY", model: model) }
        switch dialect {
        case .openAI:
            return OpenAICompatibleModel(
                provider: name, model: model, baseURL: baseURL, apiKey: key, client: client, timeouts: timeouts,
                pricing: pricing, time: time)
        case .anthropic:
            return AnthropicModel(
                provider: name, model: model, baseURL: baseURL, apiKey: key ?? "", client: client, timeouts: timeouts,
                pricing: pricing, time: time)
        }
    }

    /// Whether what is sent to it stays on this machine.
    /// - Parameter baseURL: nil for the default.
    package func isHere(baseURL: String?) -> Bool {
        guard let url = baseURL ?? defaultBaseURL, let scheme = url.firstRange(of: "://") else { return false }
        let authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
        // What stands before an "@" is a name and a password.
        let place = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        let host =
            place.hasPrefix("[")
            ? place.dropFirst().prefix { $0 != "]" } : place.prefix { $0 != ":" }
        return Self.isLoopback(host.lowercased())
    }

    /// `localhost` and names below it (RFC 6761, section 6.3), 127.0.0.0/8, and ::1.
    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private func missing(_ variable: String, model: String) -> LanguageModelError {
        LanguageModelError(
            .misconfigured, provider: name, model: model,
            detail: "\(name) cannot be used without \(variable): set it, or take \(name) out of GEPETO_LLM.")
    }
}

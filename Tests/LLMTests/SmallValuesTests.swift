import HTTPClient
import Support
import Testing

@testable import LLM

@Suite struct RetryAfterTests {
    /// Sun, 06 Nov 1994 08:49:37 GMT, the RFC's own example.
    private let example = Timestamp(milliseconds: 784_111_777_000)

    @Test(arguments: [
        ("0", Duration.zero), ("120", .seconds(120)), (" 7", .seconds(7)), ("1.5", .seconds(1.5)),
        ("99999999999999999999", RetryAfter.longest), ("Sun, 06 Nov 1994 08:50:07 GMT", .seconds(30)),
        ("Sunday, 06-Nov-94 08:50:07 GMT", .seconds(30)), ("Sun Nov  6 08:50:07 1994", .seconds(30)),
        ("Sun, 06 Nov 1994 08:00:00 GMT", .zero), ("Mon, 07 Nov 1994 00:00:00 GMT", .seconds(54_623)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", RetryAfter.longest), ("Thu, 29 Feb 1996 00:00:00 GMT", RetryAfter.longest),
    ])
    func reads(_ text: String, _ wait: Duration) { #expect(RetryAfter.parse(text, now: example) == wait) }

    @Test(arguments: [
        "", "soon", "-1", "1e9", "inf", "nan", "0x10", "Sun, 06 Nov 1994", "Sun, 06 Nov 1994 08:49 GMT",
        "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
    ])
    func refuses(_ text: String) { #expect(RetryAfter.parse(text, now: example) == nil) }
}

@Suite struct ModelPlaceTests {
    @Test(
        arguments: [
            (nil, true), ("http://127.0.0.1:11434/v1", true), ("http://127.8.8.8/v1", true),
            ("http://[::1]:9/v1", true),
            ("http://LOCALHOST:1/v1", true), ("http://ollama.localhost/v1", true), ("https://api.openai.com/v1", false),
            ("http://10.0.0.1/v1", false), ("http://127.0.0.1.example.org/v1", false), ("http://localhost.org", false),
            ("http://127.0.0.1@example.org/v1", false), ("http://127.0.0/v1", false), ("localhost", false), ("", false),
            ("http://[::2]/v1", false), ("http://example.org/?x=@127.0.0.1", false),
        ] as [(String?, Bool)])
    func onlyLoopbackIsHere(_ url: String?, _ isHere: Bool) {
        #expect(ModelProvider.ollama.isHere(baseURL: url) == isHere)
    }

    @Test func othersAreElsewhere() {
        for provider in [ModelProvider.groq, .openAI, .anthropic] { #expect(!provider.isHere(baseURL: nil)) }
        #expect(!ModelProvider(named: "mistral").isHere(baseURL: nil))
    }
}

@Suite struct PriceTableTests {
    private func cost(_ provider: String, _ model: String) -> Double? {
        PriceTable.standard.cost(provider: provider, model: model, inputTokens: 1_000_000, outputTokens: 1_000_000)
    }

    @Test(arguments: [
        ("openai", "gpt-4o-mini", 0.75), ("openai", "gpt-4o-mini-2024-07-18", 0.75), ("openai", "gpt-4o", 12.5),
        ("openai", "gpt-4o-2024-11-20", 12.5), ("groq", "llama-3.3-70b-versatile", 1.38),
        ("anthropic", "claude-haiku-4-5", 6), ("anthropic", "claude-haiku-4-5-20251001", 6),
        ("anthropic", "claude-3-5-haiku-latest", 4.8), ("ollama", "anything", 0),
    ])
    func knows(_ provider: String, _ model: String, _ price: Double) throws {
        #expect(abs(try #require(cost(provider, model)) - price) < 1e-9)
    }

    @Test(arguments: [
        ("openai", "gpt-4o-audio-preview"), ("openai", "gpt-5"), ("groq", "gpt-4o"), ("other", "x"), ("openai", ""),
    ])
    func doesNotGuess(_ provider: String, _ model: String) { #expect(cost(provider, model) == nil) }

    @Test func canBeOverridden() {
        let table = PriceTable.standard.overriding(["openai": ["gpt-4o-mini": .init(input: 1, output: 2)]])
        #expect(
            table.cost(provider: "openai", model: "gpt-4o-mini", inputTokens: 2_000_000, outputTokens: 500_000) == 3)
        #expect(table.cost(provider: "openai", model: "gpt-4o", inputTokens: 1_000_000, outputTokens: 0) == 2.5)
    }

    @Test func everyDefaultModelHasAPrice() {
        for provider in ModelProvider.known { #expect(cost(provider.name, provider.defaultModel ?? "") != nil) }
    }
}

@Suite struct ModelProviderTests {
    private let client = HTTPClient(log: .silent)

    @Test func knowsTheContractsProviders() throws {
        for provider in ModelProvider.known {
            let model = try ModelProvider(named: provider.name).languageModel(apiKey: "k", client: client)
            #expect(model.provider == provider.name)
            #expect(model.model == provider.defaultModel)
        }
        #expect(try ModelProvider.anthropic.languageModel(apiKey: "k", client: client) is AnthropicModel)
        #expect(try ModelProvider.groq.languageModel(apiKey: "k", model: "m", client: client).model == "m")
    }

    @Test(arguments: ["groq", "openai", "anthropic"])
    func saysThatAKeyIsMissing(_ name: String) {
        for key in [nil, ""] {
            let error = #expect(throws: LanguageModelError.self) {
                try ModelProvider(named: name).languageModel(apiKey: key.map { APIKey($0) }, client: client)
            }
            #expect(error?.code == .misconfigured)
            #expect(error?.description.contains("\(name.uppercased())_API_KEY") == true)
        }
    }

    @Test func takesAnyOtherNameWithAddressAndModel() throws {
        let other = ModelProvider(named: "mistral")
        #expect(try other.languageModel(model: "m", baseURL: "http://x/v1", client: client).provider == "mistral")
        let noModel = #expect(throws: LanguageModelError.self) { try other.languageModel(baseURL: "x", client: client) }
        #expect(noModel?.description.contains("MISTRAL_MODEL") == true)
        let noURL = #expect(throws: LanguageModelError.self) { try other.languageModel(model: "m", client: client) }
        #expect(noURL?.description.contains("MISTRAL_BASE_URL") == true)
    }
}

@Suite struct LanguageModelErrorTests {
    @Test func everyErrorHasItsOwnNameAndSentence() {
        let errors = LanguageModelError.Code.allCases.map { LanguageModelError($0, provider: "groq", model: "m") }
        #expect(Set(errors.map(\.label)).count == errors.count)
        #expect(Set(errors.map(\.description)).count >= errors.count - 1, "unreachable and timeout share one")
    }

    @Test func saysHowLongToWait() {
        let error = LanguageModelError(.rateLimited, provider: "groq", model: "m", retryAfter: .milliseconds(6100))
        #expect(error.description == "groq allows no more calls for now; try again in 7 s.")
    }

    /// Every failure of a transfer has a meaning here, and none that may pass is final.
    @Test(arguments: HTTPClientError.Code.allCases)
    func transferFailures(_ code: HTTPClientError.Code) {
        let failure = ProviderFailure(HTTPClientError(code, host: "h"), hasJobDeadline: false)
        let passes = ![.protocolViolation, .tooLarge, .invalidRequest].contains(code)
        #expect(failure.named(provider: "p", model: "m").isRetryable == passes)
    }
}

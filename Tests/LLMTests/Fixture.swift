import Foundation
import Testing

@testable import HTTPClient
@testable import LLM

/// The recorded streams and what they say.
enum Fixture: String, CaseIterable, Sendable {
    case openai, groq, ollama, anthropic

    static let text = "Uma função recursiva chama a si mesma [1]. 👩‍🏫"

    var bytes: [UInt8] {
        get throws {
            let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
            return try [UInt8](Data(contentsOf: folder.appending(path: "\(rawValue).sse")))
        }
    }

    /// All of its events.
    var events: [EventStreamDecoder.Event] {
        get throws {
            var decoder = EventStreamDecoder()
            return try decoder.feed(bytes)
        }
    }

    var stream: any ProviderStream { self == .anthropic ? AnthropicStream() : OpenAIStream() }

    func model(at url: String, client: HTTPClient, key: APIKey = "sk-very-secret", timeouts: ProviderTimeouts = .long)
        throws -> any LanguageModel
    {
        try ModelProvider(named: rawValue).languageModel(
            apiKey: key, baseURL: self == .anthropic ? url : url + "/v1", client: client, timeouts: timeouts)
    }
}

extension ProviderTimeouts {
    /// Long for all but what a test is about.
    static let long = ProviderTimeouts(
        connect: .seconds(120), firstByte: .seconds(120), silence: .seconds(120), total: .seconds(120))

    func with(_ change: (inout ProviderTimeouts) -> Void) -> ProviderTimeouts {
        var timeouts = self
        change(&timeouts)
        return timeouts
    }
}

extension GenerationRequest {
    static let sample = GenerationRequest(
        messages: [
            Message(.system, "Responda só com o material."), Message(.user, "Olá"), Message(.assistant, "Olá!"),
            Message(.user, "O que é recursão? \"aspas\" 👩‍🏫"),
        ], question: "O que é recursão?", language: "pt", maxOutputTokens: 300, temperature: 0.3)
}

extension LanguageModel {
    /// All that one generation yields.
    func events(_ request: GenerationRequest = .sample) async throws -> [GenerationEvent] {
        var events: [GenerationEvent] = []
        for try await event in generate(request) { events.append(event) }
        return events
    }

    /// The events until the error, and the error.
    func failure(_ request: GenerationRequest = .sample) async -> (
        events: [GenerationEvent], error: LanguageModelError?
    ) {
        var events: [GenerationEvent] = []
        do {
            for try await event in generate(request) { events.append(event) }
            Issue.record("the generation should have failed")
            return (events, nil)
        } catch {
            #expect(error is LanguageModelError, "\(error)")
            return (events, error as? LanguageModelError)
        }
    }
}

extension [GenerationEvent] {
    /// The text since the last restart.
    var text: String {
        reduce(into: "") { text, event in
            switch event {
            case .text(let piece): text += piece
            case .restarted: text = ""
            case .finished: break
            }
        }
    }

    var usage: GenerationUsage? { if case .finished(let usage)? = last { usage } else { nil } }
}

import FoundationEssentials
import HTTPClient

/// The stream of OpenAI's chat completions, as OpenAI, Groq, Ollama and many others speak it.
struct OpenAIStream: ProviderStream {
    private(set) var state = ProviderStreamState()

    private struct Chunk: Decodable {
        struct Choice: Decodable {
            struct Delta: Decodable { let content: String? }

            let delta: Delta?
            let finish_reason: String?
        }

        struct Usage: Decodable {
            let prompt_tokens: Int?
            let completion_tokens: Int?
        }

        /// Groq's own place for usage and for errors in the middle of a stream.
        struct Groq: Decodable {
            let usage: Usage?
            let error: String?
        }

        let choices: [Choice]?
        let usage: Usage?
        let x_groq: Groq?
    }

    mutating func take(_ event: EventStreamDecoder.Event) throws(ProviderFailure) -> String {
        if state.isOver { return "" }
        if event.data == "[DONE]" {
            state.isOver = true
            return ""
        }
        let bytes = Array(event.data.utf8)
        // Within a JSON string the second quotation mark would be escaped: the answer's own words never match.
        if event.data.contains("\"error\""), let report = ProviderErrorReport(bytes) {
            throw ProviderFailure(report.code ?? .serverError)
        }
        guard let chunk = try? JSONDecoder().decode(Chunk.self, from: Data(bytes)) else {
            throw ProviderFailure(.malformedResponse)
        }
        if chunk.x_groq?.error != nil { throw ProviderFailure(.serverError) }
        if let usage = chunk.usage ?? chunk.x_groq?.usage {
            state.inputTokens = usage.prompt_tokens
            state.outputTokens = usage.completion_tokens
        }
        guard let choice = chunk.choices?.first else { return "" }
        if let reason = choice.finish_reason, !reason.isEmpty {
            if reason == "content_filter" { throw ProviderFailure(.refused) }
            state.hasStopReason = true
            state.isCut = reason == "length"
        }
        return choice.delta?.content ?? ""
    }
}

import FoundationEssentials
import HTTPClient

/// The stream of Anthropic's messages. Events of unknown types are skipped, as Anthropic asks of its clients.
struct AnthropicStream: ProviderStream {
    private(set) var state = ProviderStreamState()

    private struct Payload: Decodable {
        struct Message: Decodable { let usage: Usage? }

        struct Usage: Decodable {
            let input_tokens: Int?
            let cache_creation_input_tokens: Int?
            let cache_read_input_tokens: Int?
            let output_tokens: Int?
        }

        struct Block: Decodable { let text: String? }

        struct Delta: Decodable {
            let type: String?
            let text: String?
            let stop_reason: String?
        }

        let type: String
        let message: Message?
        let content_block: Block?
        let delta: Delta?
        let usage: Usage?
    }

    mutating func take(_ event: EventStreamDecoder.Event) throws(ProviderFailure) -> String {
        if state.isOver { return "" }
        let bytes = Array(event.data.utf8)
        guard let payload = try? JSONDecoder().decode(Payload.self, from: Data(bytes)) else {
            throw ProviderFailure(ProviderErrorReport(bytes)?.code ?? .malformedResponse)
        }
        switch payload.type {
        case "message_start": count(payload.message?.usage)
        case "content_block_start": return payload.content_block?.text ?? ""
        case "content_block_delta": return payload.delta?.text ?? ""
        case "message_delta":
            count(payload.usage)
            if let reason = payload.delta?.stop_reason {
                if reason == "refusal" { throw ProviderFailure(.refused) }
                state.hasStopReason = true
                state.isCut = reason == "max_tokens" || reason == "model_context_window_exceeded"
            }
        case "message_stop": state.isOver = true
        case "error": throw ProviderFailure(ProviderErrorReport(bytes)?.code ?? .serverError)
        default: break
        }
        return ""
    }

    /// Counts are running totals: the newer replaces the older.
    private mutating func count(_ usage: Payload.Usage?) {
        guard let usage else { return }
        if let input = usage.input_tokens {
            let cached = [usage.cache_creation_input_tokens, usage.cache_read_input_tokens].compactMap(\.self)
            state.inputTokens = cached.reduce(input) { $0.addingReportingOverflow($1).partialValue }
        }
        if let output = usage.output_tokens { state.outputTokens = output }
    }
}

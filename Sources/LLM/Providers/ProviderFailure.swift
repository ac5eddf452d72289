import FoundationEssentials
import HTTPClient
import Support

/// What went wrong with a call, before the provider's name is put to it.
struct ProviderFailure: Error, Equatable {
    let code: LanguageModelError.Code
    var status: Int?
    var retryAfter: Duration?
    var detail: String?

    init(
        _ code: LanguageModelError.Code, status: Int? = nil, retryAfter: Duration? = nil, detail: String? = nil
    ) {
        self.code = code
        self.status = status
        self.retryAfter = retryAfter
        self.detail = detail
    }

    func named(provider: String, model: String) -> LanguageModelError {
        LanguageModelError(
            code, provider: provider, model: model, status: status, retryAfter: retryAfter, detail: detail)
    }

    /// A failure of the transfer.
    /// - Parameter hasJobDeadline: whether the call's end was set by the job, not by the provider's own limit.
    init(_ error: HTTPClientError, hasJobDeadline: Bool) {
        let code: LanguageModelError.Code =
            switch error.code {
            case .connectTimeout, .firstByteTimeout, .stalled: .timeout
            case .deadline: hasJobDeadline ? .deadlineExceeded : .timeout
            case .resolve, .refused, .privateAddress, .tls, .busy, .shutDown, .unexpected: .unreachable
            case .closed: error.hadResponse ? .truncatedStream : .unreachable
            case .protocolViolation, .tooLarge: .malformedResponse
            case .invalidRequest: .misconfigured
            }
        self.init(code, detail: error.description)
    }

    /// A response with a status other than 200.
    init(status: Int, head: HTTPResponseHead, body: [UInt8], now: Timestamp) {
        let report = ProviderErrorReport(body)
        let code: LanguageModelError.Code =
            switch status {
            case 401: .badKey
            case 402: .quotaExceeded
            case 403: .forbidden
            case 404: .modelNotFound
            case 413: .contextTooLong
            case 429: report?.code == .quotaExceeded ? .quotaExceeded : .rateLimited
            case 498, 503, 529: .overloaded
            case 408, 500...599: .serverError
            default: report?.code ?? .invalidRequest
            }
        let milliseconds = head["retry-after-ms"].flatMap { RetryAfter.parse($0, now: now) }.map { $0 / 1000 }
        let wait = milliseconds ?? head["retry-after"].flatMap { RetryAfter.parse($0, now: now) }
        self.init(code, status: status, retryAfter: wait)
    }
}

/// The JSON in which providers report errors, in a body or in the middle of a stream.
///
/// `{"error": {"message", "type", "code"}}` (OpenAI, Groq), `{"type": "error", "error": {"type", "message"}}`
/// (Anthropic), `{"error": "…"}` (Ollama). The message is looked at, never kept: it may quote the prompt.
struct ProviderErrorReport: Decodable {
    private enum Keys: CodingKey { case error, message, type, code }

    private var type = ""
    private var name = ""
    private var message = ""

    init?(_ body: some Sequence<UInt8>) {
        guard let report = try? JSONDecoder().decode(Self.self, from: Data(body)) else { return nil }
        self = report
    }

    /// - Throws: when there is no error in it.
    init(from decoder: any Decoder) throws {
        let outer = try decoder.container(keyedBy: Keys.self)
        if let text = try? outer.decode(String.self, forKey: .error) {
            message = text
            return
        }
        let inner = try outer.nestedContainer(keyedBy: Keys.self, forKey: .error)
        type = (try? inner.decode(String.self, forKey: .type)) ?? ""
        name = (try? inner.decode(String.self, forKey: .code)) ?? ""
        message = (try? inner.decode(String.self, forKey: .message)) ?? ""
    }

    /// nil for a reason that is not known here.
    var code: LanguageModelError.Code? {
        let text = message.lowercased()
        if Self.tooLongSigns.contains(where: { name == $0 || text.contains($0) }) { return .contextTooLong }
        if text.contains("credit balance") { return .quotaExceeded }
        return Self.codes[name] ?? Self.codes[type]
    }

    private static let tooLongSigns = [
        "context_length_exceeded", "context length", "context window", "prompt is too long", "maximum context",
        "reduce the length",
    ]

    private static let codes: [String: LanguageModelError.Code] = [
        "invalid_api_key": .badKey, "authentication_error": .badKey,
        "permission_error": .forbidden, "model_not_found": .modelNotFound,
        "model_decommissioned": .modelNotFound, "not_found_error": .modelNotFound,
        "insufficient_quota": .quotaExceeded, "billing_error": .quotaExceeded,
        "rate_limit_exceeded": .rateLimited, "rate_limit_error": .rateLimited, "tokens": .rateLimited,
        "requests": .rateLimited, "overloaded_error": .overloaded, "service_unavailable": .overloaded,
        "request_too_large": .contextTooLong, "content_filter": .refused, "content_policy_violation": .refused,
        "invalid_request_error": .invalidRequest, "timeout_error": .serverError, "api_error": .serverError,
        "server_error": .serverError,
    ]
}

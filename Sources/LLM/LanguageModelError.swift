import HTTPClient
import Support

/// Why no answer came from a model. Never holds a key, a prompt or a provider's own words.
package struct LanguageModelError: ExplainedError, Equatable {
    /// The closed set of reasons; raw values are metric labels.
    package enum Code: String, Sendable, CaseIterable {
        case badKey = "bad_key"
        case forbidden
        case modelNotFound = "model_not_found"
        case rateLimited = "rate_limited"
        /// No credit left: waiting does not help.
        case quotaExceeded = "quota_exceeded"
        case contextTooLong = "context_too_long"
        case invalidRequest = "invalid_request"
        case overloaded
        case serverError = "server_error"
        case unreachable
        case timeout
        /// The stream ended before the answer did.
        case truncatedStream = "truncated_stream"
        /// Something that is not the provider's protocol.
        case malformedResponse = "malformed_response"
        /// The model or a filter declined to answer.
        case refused
        case emptyAnswer = "empty_answer"
        case deadlineExceeded = "deadline_exceeded"
        case misconfigured
        /// Nothing to quote from.
        case noEvidence = "no_evidence"
        case noModel = "no_model"
        /// Not asked: the breaker is open.
        case circuitOpen = "circuit_open"
        /// Not asked: as many calls as allowed are under way.
        case busy
    }

    package let code: Code
    package let provider: String
    package let model: String
    /// The HTTP status, when there was one.
    package let status: Int?
    /// How long the provider asked to be left alone.
    package let retryAfter: Duration?
    /// What happened on the wire, or what is wrong with the configuration, as a sentence.
    private let detail: String?

    package init(
        _ code: Code, provider: String, model: String, status: Int? = nil, retryAfter: Duration? = nil,
        detail: String? = nil
    ) {
        self.code = code
        self.provider = provider
        self.model = model
        self.status = status
        self.retryAfter = retryAfter
        self.detail = detail
    }

    /// Whether the same call to the same model may well succeed a little later.
    package var isRetryable: Bool {
        switch code {
        case .rateLimited, .overloaded, .serverError, .unreachable, .timeout, .truncatedStream, .emptyAnswer,
            .circuitOpen,
            .busy:
            true
        case .badKey, .forbidden, .modelNotFound, .quotaExceeded, .contextTooLong, .invalidRequest, .malformedResponse,
            .refused, .deadlineExceeded, .misconfigured, .noEvidence, .noModel:
            false
        }
    }

    /// Whether to ask the same model again for the same answer: not when the student has waited through a timeout, nor when
    /// it was not asked at all.
    package var isWorthRetry: Bool {
        switch code {
        case .timeout, .circuitOpen, .busy: false
        default: isRetryable
        }
    }

    /// Whether another model may succeed where this one failed: always, unless the time is up.
    package var mayFailOver: Bool { code != .deadlineExceeded }

    package var label: String { code.rawValue }

    package var description: String {
        let variable = provider.uppercased()
        return switch code {
        case .badKey: "\(provider) did not accept its key: check \(variable)_API_KEY."
        case .forbidden:
            "\(provider) does not let this key use \(model): check the rights of \(variable)_API_KEY and \(variable)_MODEL."
        case .modelNotFound:
            "\(provider) knows no model named \(model): check \(variable)_MODEL and \(variable)_BASE_URL."
        case .rateLimited:
            "\(provider) allows no more calls for now; try again in \(retryAfter.map(Self.seconds) ?? "a moment")."
        case .quotaExceeded: "The account at \(provider) has no credit left: check its billing page."
        case .contextTooLong: "The prompt is longer than \(model) at \(provider) takes: ask a shorter question."
        case .invalidRequest:
            "\(provider) refused the request\(statusText): check \(variable)_MODEL and \(variable)_BASE_URL."
        case .overloaded: "\(provider) is overloaded\(statusText); try again in a moment."
        case .serverError: "\(provider) failed\(statusText); try again in a moment."
        case .unreachable, .timeout: detail ?? "\(provider) could not be reached in time."
        case .truncatedStream: "The answer of \(provider) broke off before its end; try again."
        case .malformedResponse:
            "\(provider) answered with something that is not its protocol: check \(variable)_BASE_URL."
        case .refused: "\(model) at \(provider) declined to answer."
        case .emptyAnswer: "\(model) at \(provider) gave an empty answer; try again."
        case .deadlineExceeded: "The time for this answer was over before it was complete."
        case .misconfigured:
            detail ?? "\(provider) is not configured: check \(variable)_BASE_URL and \(variable)_MODEL."
        case .noEvidence: "There is no passage of the course material to quote."
        case .circuitOpen:
            "\(provider) failed too often and is left alone; it is tried again in \(retryAfter.map(Self.seconds) ?? "a moment")."
        case .busy: "As many calls to \(provider) as allowed are under way; try again in a moment."
        case .noModel: "No language model is configured: name at least one in GEPETO_LLM."
        }
    }

    private var statusText: String { status.map { " (status \($0))" } ?? "" }

    private static func seconds(_ duration: Duration) -> String { "\(Int(duration.inSeconds.rounded(.up))) s" }
}

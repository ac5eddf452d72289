import Support

/// The port between the worker and the way an answer is made.
package protocol Answering: Sendable {
    /// Answers `question`, reporting each step as it happens.
    ///
    /// - Throws: `AnsweringError`, or `CancellationError` when the task was cancelled.
    func answer(
        _ question: Question, report: @escaping @Sendable (AnsweringStep) async -> Void
    ) async throws -> Answer
}

/// What happens on the way to an answer.
package enum AnsweringStep: Sendable, Equatable {
    case retrieving
    case generating(sources: [Source])
    /// Another model took over after text was shown; text of lower `stream` numbers is void.
    case restarted(stream: Int)
    /// The next piece of text of the stream with this number (from 1).
    case delta(stream: Int, String)
}

/// Why no answer could be made.
package struct AnsweringError: ExplainedError {
    /// The closed list of the contract, section 2, as far as answering can know them.
    package enum Code: String, Sendable {
        case llmUnavailable = "llm_unavailable"
        case deadlineExceeded = "deadline_exceeded"
        case courseUnavailable = "course_unavailable"
        case policyDenied = "policy_denied"
        case internalError = "internal"
    }

    package let code: Code
    /// Whether another attempt may go better; told to the student.
    package let isRetryable: Bool
    /// Whether the job shall end now although another attempt may go better: the student has waited long enough, or would
    /// have to.
    package let endsJob: Bool
    /// How long the provider asked to wait.
    package let retryAfter: Duration?
    package let description: String
    /// The closed name of what went wrong beneath, for logs and metrics.
    package let cause: String
    /// With `policyDenied`, where the rules of a course say so.
    package var denial: DenialFacts?
    /// Whether a language model that costs money had begun to answer.
    package var wasPaid = false

    package var label: String { code.rawValue }

    package init(
        _ code: Code, _ description: String, isRetryable: Bool = false, endsJob: Bool = false,
        retryAfter: Duration? = nil, cause: String = ""
    ) {
        self.code = code
        self.description = description
        self.isRetryable = isRetryable
        self.endsJob = endsJob
        self.retryAfter = retryAfter
        self.cause = cause
    }
}

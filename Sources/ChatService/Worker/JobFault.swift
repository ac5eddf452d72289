import Support

/// What an error of the answerer means for its job.
struct JobFault: Sendable, Equatable {
    /// What the student is told if this was the last try.
    let failure: JobFailure
    /// Whether another try may go better.
    let isTransient: Bool
    let retryAfter: Duration?

    init(_ error: any Error) {
        guard let error = error as? AnsweringError else {
            // Nobody has explained it: the student gets the general sentence, staff the type's closed name.
            failure = JobFailure(.internalError, cause: error.label)
            isTransient = true
            retryAfter = nil
            return
        }
        let code: JobErrorCode =
            switch error.code {
            case .llmUnavailable: .llmUnavailable
            case .deadlineExceeded: .deadlineExceeded
            case .courseUnavailable: .courseUnavailable
            case .internalError: .internalError
            }
        failure = JobFailure(
            code, message: error.description, cause: error.cause.isEmpty ? nil : error.cause,
            isRetryable: error.isRetryable || (code.isRetryable && code != .llmUnavailable))
        isTransient = error.isRetryable
        retryAfter = error.retryAfter
    }
}

import Support

/// What an error of the answerer means for its job.
struct JobFault: Sendable, Equatable {
    /// What the student is told if this was the last try.
    let failure: JobFailure
    /// Whether another try may go better, and is worth the student's wait.
    let isTransient: Bool
    /// How long the provider asked to be left alone.
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
            case .policyDenied: .policyDenied
            case .internalError: .internalError
            }
        var failure = JobFailure(
            code, message: error.description, cause: error.cause.isEmpty ? nil : error.cause,
            isRetryable: error.isRetryable || (code.isRetryable && code != .llmUnavailable))
        failure.denial = error.denial
        failure.wasPaid = error.wasPaid
        self.failure = failure
        isTransient = error.isRetryable && !error.endsJob
        retryAfter = error.retryAfter
    }

    /// What is waited before the next try: a random time that grows with the tries, after what the provider asked for, so
    /// that not all come back in the same moment.
    /// - Parameter random: a number in 0..<1.
    func wait(_ backoff: Backoff, tries: Int, random: Double = .random(in: 0..<1)) -> Duration {
        (retryAfter ?? .zero) + backoff.wait(afterAttempt: tries, random: random)
    }
}

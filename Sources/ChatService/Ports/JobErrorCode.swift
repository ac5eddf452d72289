/// Why a job ended without an answer: the closed list of the contract, section 2.
package enum JobErrorCode: String, Sendable, Codable, CaseIterable {
    case llmUnavailable = "llm_unavailable"
    case deadlineExceeded = "deadline_exceeded"
    case cancelled
    case policyDenied = "policy_denied"
    case courseUnavailable = "course_unavailable"
    case internalError = "internal"

    /// The sentence for a person, where nobody knew a better one.
    package var message: String {
        switch self {
        case .llmUnavailable: "No language model can be reached just now; ask again in a few minutes."
        case .deadlineExceeded: "The answer took longer than five minutes and was given up; ask again."
        case .cancelled: "The question was cancelled."
        case .policyDenied: "The rules of this course do not allow this question."
        case .courseUnavailable: "The course is not there any more; choose another one."
        case .internalError: "Something went wrong on our side; ask again, and tell the staff if it stays so."
        }
    }

    /// Whether the same question may be answered when it is asked again.
    package var isRetryable: Bool {
        switch self {
        case .llmUnavailable, .deadlineExceeded, .internalError: true
        case .cancelled, .policyDenied, .courseUnavailable: false
        }
    }
}

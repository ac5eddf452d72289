/// Why a job ended without success: the closed list of the contract, section 2, and what can only happen to a document,
/// which no `error` event ever says.
package enum JobErrorCode: String, Sendable, Codable, CaseIterable {
    case llmUnavailable = "llm_unavailable"
    case deadlineExceeded = "deadline_exceeded"
    case cancelled
    case policyDenied = "policy_denied"
    case courseUnavailable = "course_unavailable"
    case internalError = "internal"
    /// The document itself is at fault; the cause says how.
    case documentFailed = "document_failed"

    /// The sentence for a person, where nobody knew a better one.
    package var message: String {
        switch self {
        case .llmUnavailable: "No language model can be reached just now; ask again in a few minutes."
        case .deadlineExceeded: "The answer took longer than five minutes and was given up; ask again."
        case .cancelled: "The question was cancelled."
        case .policyDenied: "The rules of this course do not allow this question."
        case .courseUnavailable: "The course is not there any more; choose another one."
        case .documentFailed, .internalError:
            "Something went wrong on our side; ask again, and tell the staff if it stays so."
        }
    }

    /// The sentence for the teacher who uploaded a document, where nobody knew a better one.
    package var documentMessage: String {
        switch self {
        case .deadlineExceeded: "Reading the document took too long and was given up. Split it, and upload the parts."
        case .cancelled: "Reading the document was cancelled. Retry it, or upload it again."
        case .courseUnavailable: "The course is not there any more, or cannot be opened; staff run 'gepeto doctor'."
        case .llmUnavailable, .policyDenied, .internalError, .documentFailed:
            "Something went wrong on the server while the document was read. Retry it; if it fails again, report it."
        }
    }

    /// Whether the same question may be answered when it is asked again.
    package var isRetryable: Bool {
        switch self {
        case .llmUnavailable, .deadlineExceeded, .internalError: true
        case .cancelled, .policyDenied, .courseUnavailable, .documentFailed: false
        }
    }
}

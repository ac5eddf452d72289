/// How a question ended, as the answer rate sees it (`AnswerTally`); refusals apart from other answers without a citation
/// that holds.
package enum QuestionOutcome: Sendable, Hashable {
    /// Answered from the course: whole, grounded, by a language model unless none is configured.
    case answered
    /// Answered without a citation that holds.
    case ungrounded
    /// The course does not cover it.
    case refused
    /// Passages quoted, because no language model could be reached.
    case degraded
    /// Taken back by its owner, who had waited for `AnswerRateWatch.Parameters.patience`.
    case withdrawn
    case failed(JobErrorCode)

    /// nil for a greeting or thanks.
    package init?(_ answer: Answer) {
        let metadata = answer.metadata
        guard metadata.model != AnswerMetadata.smallTalkModel else { return nil }
        self =
            metadata.degraded
            ? .degraded
            : answer.grounded ? .answered : metadata.provider == AnswerMetadata.noModel ? .refused : .ungrounded
    }

    /// - Parameter age: from acceptance to the end.
    /// - Returns: nil for a question that was taken back at once.
    package init?(_ code: JobErrorCode, after age: Duration) {
        guard code == .cancelled else {
            self = .failed(code)
            return
        }
        guard age >= AnswerRateWatch.Parameters().patience else { return nil }
        self = .withdrawn
    }

    /// Whether the student got an answer, be it a refusal.
    package var hasAnswer: Bool {
        switch self {
        case .answered, .ungrounded, .refused, .degraded: true
        case .withdrawn, .failed: false
        }
    }

    /// What it is called on disk and in JSON; from a closed set.
    package var name: String {
        switch self {
        case .answered: "answered"
        case .ungrounded: "ungrounded"
        case .refused: "refused"
        case .degraded: "degraded"
        case .withdrawn: "withdrawn"
        case .failed(let code): code.rawValue
        }
    }

    /// Anything else was written by a later version, and counts as failed.
    package init(name: String) {
        switch name {
        case "answered": self = .answered
        case "ungrounded": self = .ungrounded
        case "refused": self = .refused
        case "degraded": self = .degraded
        case "withdrawn": self = .withdrawn
        default: self = .failed(JobErrorCode(rawValue: name) ?? .internalError)
        }
    }
}

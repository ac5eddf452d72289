import Support

/// Where a question becomes a promise.
package protocol Intake: Sendable {
    /// Stores the user's message, its job, the conversation and session where they are new, and the session's `queued`
    /// event in one transaction, on disk before this returns; no worker can see the job earlier.
    ///
    /// A repeat of an idempotency key returns what the first call returned and stores nothing.
    /// - Throws: `IntakeError`, or `PolicyDenied` when one of the admission's limits is reached; nothing is stored then.
    func accept(_ submission: Submission) async throws -> Accepted

    /// What the first question with this key was told; nil when there was none.
    /// - Throws: `IntakeError.keyReused` when that was another question.
    func accepted(_ idempotency: Submission.Idempotency, user: UserID) async throws -> Accepted?
}

/// A valid question, not yet accepted.
package struct Submission: Sendable {
    /// What makes a repeated request recognisable; scoped to the user.
    package struct Idempotency: Sendable, Equatable {
        package let key: String
        /// SHA-256 of what was asked: the same key with another question is a mistake.
        package let fingerprint: String

        package init(key: String, fingerprint: String) {
            self.key = key
            self.fingerprint = fingerprint
        }
    }

    package var user: UserID
    package var message: String
    package var course: CourseID
    package var mode: AnswerMode
    package var traceID: String
    /// nil: a new one is made.
    package var conversationID: String?
    /// nil: a new one is made.
    package var sessionID: String?
    package var idempotency: Idempotency?
    /// See `AskedQuestion.given`.
    package var given: [Turn]?
    /// Checked in the transaction that accepts it.
    package var admission: Admission
    /// Whether its trace is recorded; nil where nobody decided.
    package var isSampled: Bool?

    package init(
        user: UserID, message: String, course: CourseID, mode: AnswerMode = .answer, traceID: String,
        conversationID: String? = nil, sessionID: String? = nil, idempotency: Idempotency? = nil,
        given: [Turn]? = nil, admission: Admission = Admission(), isSampled: Bool? = nil
    ) {
        self.isSampled = isSampled
        self.admission = admission
        self.user = user
        self.message = message
        self.course = course
        self.mode = mode
        self.traceID = traceID
        self.conversationID = conversationID
        self.sessionID = sessionID
        self.idempotency = idempotency
        self.given = given
    }
}

/// What the 202 says.
package struct Accepted: Sendable, Equatable {
    package let jobID: String
    package let conversationID: String
    package let sessionID: String
    package let traceID: String
    package let acceptedAt: Timestamp

    package init(jobID: String, conversationID: String, sessionID: String, traceID: String, acceptedAt: Timestamp) {
        self.jobID = jobID
        self.conversationID = conversationID
        self.sessionID = sessionID
        self.traceID = traceID
        self.acceptedAt = acceptedAt
    }
}

/// Why a question was not accepted.
package enum IntakeError: String, ExplainedError {
    /// Also when it belongs to somebody else.
    case unknownConversation = "unknown_conversation"
    /// Also when it belongs to somebody else.
    case unknownSession = "unknown_session"
    case otherCourse = "other_course"
    case backlogFull = "backlog_full"
    case keyReused = "idempotency_key_reused"

    package var label: String { rawValue }

    package var description: String {
        switch self {
        case .unknownConversation: "There is no such conversation; leave conversationId out to begin a new one."
        case .unknownSession: "There is no such session; leave sessionId out to begin a new one."
        case .otherCourse: "The conversation is about another course; leave conversationId out to begin a new one."
        case .backlogFull: "Too much is waiting; nothing was stored, try again in a moment."
        case .keyReused:
            "This Idempotency-Key was used for another request; take a new key for each question and each file."
        }
    }
}

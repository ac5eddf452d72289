import Support

/// One accepted question, waiting for its answer.
package struct Job: Sendable, Equatable {
    package let id: String
    package let user: UserID
    package let conversationID: String
    package let sessionID: String
    /// The message with the question.
    package let messageID: String
    package let traceID: String
    package let course: CourseID
    package let mode: AnswerMode
    package let question: String
    package let acceptedAt: Timestamp
    /// When the job is ended without an answer.
    package let deadline: Timestamp

    package init(
        id: String, user: UserID, conversationID: String, sessionID: String, messageID: String, traceID: String,
        course: CourseID, mode: AnswerMode, question: String, acceptedAt: Timestamp, deadline: Timestamp
    ) {
        self.id = id
        self.user = user
        self.conversationID = conversationID
        self.sessionID = sessionID
        self.messageID = messageID
        self.traceID = traceID
        self.course = course
        self.mode = mode
        self.question = question
        self.acceptedAt = acceptedAt
        self.deadline = deadline
    }
}

/// The right to work on a job until it runs out or is renewed.
///
/// What is committed under a lease is checked against `token`: a worker that lost its lease changes nothing.
package struct Lease: Sendable, Equatable {
    package let job: Job
    /// Counts every lease of the job from 1, also those handed back: clients drop text of lower attempts.
    package let attempt: Int
    /// Counts the leases that were not handed back; at `JobLimits.tries` the job is not tried again.
    package let tries: Int
    /// Made anew for each lease.
    package let token: String

    package init(job: Job, attempt: Int, tries: Int, token: String) {
        self.job = job
        self.attempt = attempt
        self.tries = tries
        self.token = token
    }
}

/// What bounds the queue (contract, section 5).
package struct JobLimits: Sendable {
    /// How often a job is tried before it is dead.
    package var tries = 5
    /// Jobs that may be open at once; the next question is refused.
    package var backlog = 10_000
    /// From the 202 to the latest end. Two seconds short of the promised five minutes, so that the end is also told.
    package var deadline = Duration.seconds(298)

    package init() {}
}

/// How a job stands, as clients see it.
package enum JobStatus: String, Sendable, Codable {
    case queued, running, retrying, completed, failed, cancelled

    package var isOver: Bool { self == .completed || self == .failed || self == .cancelled }
}

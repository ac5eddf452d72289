import Support

/// Accepted work, waiting for its outcome: a question for its answer, or an upload for its place in the course.
package struct Job: Sendable, Equatable {
    package let id: String
    package let user: UserID
    package let sessionID: String
    package let traceID: String
    package let course: CourseID
    package let task: JobTask
    package let acceptedAt: Timestamp
    /// When the job is ended without success; by `TimeSource.steady`.
    package let deadline: Timestamp
    /// The dead job that this one repeats (`DeadLetters.redrive`).
    package let redriveOf: String?
    /// Whether its trace is recorded; nil where nobody decided, or the store does not keep it.
    package let isSampled: Bool?

    package init(
        id: String, user: UserID, sessionID: String, traceID: String, course: CourseID, task: JobTask,
        acceptedAt: Timestamp, deadline: Timestamp, redriveOf: String? = nil, isSampled: Bool? = nil
    ) {
        self.isSampled = isSampled
        self.id = id
        self.user = user
        self.sessionID = sessionID
        self.traceID = traceID
        self.course = course
        self.task = task
        self.acceptedAt = acceptedAt
        self.deadline = deadline
        self.redriveOf = redriveOf
    }

    package var kind: JobKind {
        switch task {
        case .question: .question
        case .document: .document
        }
    }
}

/// The kinds of jobs. Each has workers of its own: a book that is read never keeps a student waiting.
package enum JobKind: String, Sendable, Encodable, CaseIterable { case question, document }

/// What is to be done.
package enum JobTask: Sendable, Equatable {
    case question(AskedQuestion)
    case document(UploadedDocument)

    package var question: AskedQuestion? {
        if case .question(let question) = self { question } else { nil }
    }

    package var document: UploadedDocument? {
        if case .document(let document) = self { document } else { nil }
    }
}

/// A student's message that is to be answered.
package struct AskedQuestion: Sendable, Equatable {
    package let conversationID: String
    /// The message with the question.
    package let messageID: String
    package let mode: AnswerMode
    package let text: String
    /// What was said before, as the client tells it who keeps the conversation himself; nil: what stands in the history.
    package let given: [Turn]?
    /// Who asks, as far as rules go by it.
    package let asker: Asker

    package init(
        conversationID: String, messageID: String, mode: AnswerMode, text: String, given: [Turn]? = nil,
        asker: Asker = Asker()
    ) {
        self.asker = asker
        self.conversationID = conversationID
        self.messageID = messageID
        self.mode = mode
        self.text = text
        self.given = given
    }
}

/// A file that staff sent, kept among the originals, which is to become a document of its course.
package struct UploadedDocument: Sendable, Equatable {
    package let documentID: String
    /// The document's name in the course, `aulas/recursao.pdf`.
    package let name: String
    /// SHA-256 of the content, in hexadecimal.
    package let contentHash: String
    package let byteCount: Int

    package init(documentID: String, name: String, contentHash: String, byteCount: Int) {
        self.documentID = documentID
        self.name = name
        self.contentHash = contentHash
        self.byteCount = byteCount
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
    /// How often a question is tried before it is dead.
    package var tries = 5
    /// How often a document is tried: one that ends the process each time is given up.
    package var documentTries = 3
    /// Questions of one user that may be in the line or in hand at once; more are accepted, and step into the line as
    /// those end, so that they never delay another's.
    package var activePerUser = 2
    /// Questions that may be open at once; the next one is refused.
    package var backlog = 10_000
    /// Documents that may wait or be read at once; the next one is refused.
    package var documentBacklog = 2_000
    /// From the 202 to the end of a question that has found no other.
    package var deadline = JobLimits.deadline(promised: .seconds(300))
    /// The same for documents, waiting in line included.
    package var documentDeadline = Duration.seconds(24 * 3600)
    /// The longest that a job waits for its next try.
    package static let longestWait = Duration.seconds(900)

    package init() {}

    /// So much short of what is promised that a whole backlog that is due at once is ended, and its clients told, by then:
    /// a thirtieth, two seconds at least.
    package static func deadline(promised: Duration) -> Duration {
        max(.seconds(1), promised - max(.seconds(2), promised / 30))
    }

    package func tries(_ kind: JobKind) -> Int { kind == .question ? tries : documentTries }
    package func backlog(_ kind: JobKind) -> Int { kind == .question ? backlog : documentBacklog }
    package func deadline(_ kind: JobKind) -> Duration { kind == .question ? deadline : documentDeadline }
}

/// How a job stands, as clients see it.
package enum JobStatus: String, Sendable, Codable {
    case queued, running, retrying, completed, failed, cancelled

    package var isOver: Bool { self == .completed || self == .failed || self == .cancelled }
}

import Support

/// What became of each job. Every job has exactly one outcome and one terminal event.
///
/// Whatever ends a job lets those into the line that waited for its end (`JobQueue`), in the same transaction.
///
/// An outcome and its terminal event are committed in one transaction; the event is then carried to the session's log
/// until `published` says that it arrived (`TerminalPublisher`).
package protocol JobLedger: Sendable {
    /// Commits the outcome of a lease.
    /// - Returns: false when the lease is lost; nothing is changed then.
    func finish(_ lease: Lease, with outcome: JobOutcome) async throws -> Bool

    /// Ends a job that may be waiting or leased: cancelled by its owner, or past its deadline.
    /// - Returns: false when the job has ended before, or there is none.
    func end(job id: String, with failure: JobFailure) async throws -> Bool

    /// Jobs to be ended now, at most `limit`: past their deadline, or with the last try's lease run out.
    func overdue(limit: Int) async throws -> [OverdueJob]

    /// Terminal events that are committed but not known to be in their session's log, at most `limit`, oldest first.
    func unpublished(limit: Int) async throws -> [TerminalEvent]

    /// The job's terminal event if it still has to be published.
    func unpublished(job id: String) async throws -> TerminalEvent?

    /// Notes that the terminal event is in the log under `seq`; 0 when the session is gone and nobody can be told.
    func published(job id: String, seq: Int64) async throws

    /// All that is known of a job; nil when there is none.
    func record(job id: String) async throws -> JobRecord?
}

/// How a leased job ended.
package enum JobOutcome: Sendable, Equatable {
    case answered(Answer, messageID: String)
    /// The document is in its course.
    case ingested(IngestedSummary)
    case failed(JobFailure)
}

/// Why a job ended without success.
package struct JobFailure: Sendable, Equatable {
    package let code: JobErrorCode
    /// For the student, or the teacher.
    package let message: String
    package let isRetryable: Bool
    /// The closed label of the last cause, for staff.
    package let cause: String
    /// Which rule of the course, with `policyDenied`.
    package var denial: DenialFacts?
    /// Whether a language model had begun to answer: that is paid for, though nobody knows how much.
    package var wasPaid = false

    package init(
        _ code: JobErrorCode, for kind: JobKind = .question, message: String? = nil, cause: String? = nil,
        isRetryable: Bool? = nil
    ) {
        self.code = code
        self.message = message ?? (kind == .question ? code.message : code.documentMessage)
        self.cause = cause ?? code.rawValue
        self.isRetryable = isRetryable ?? code.isRetryable
    }
}

package struct OverdueJob: Sendable, Equatable {
    package let id: String
    package let failure: JobFailure

    package init(id: String, failure: JobFailure) {
        self.id = id
        self.failure = failure
    }
}

/// The one `message_completed` or `error` of a question, or the last `document_status` of a document, on its way to the
/// session.
package struct TerminalEvent: Sendable, Equatable {
    package let jobID: String
    package let sessionID: String
    package let event: ChatEvent

    package init(jobID: String, sessionID: String, event: ChatEvent) {
        self.jobID = jobID
        self.sessionID = sessionID
        self.event = event
    }
}

/// A job and how it stands.
package struct JobRecord: Sendable, Equatable {
    package let job: Job
    package let status: JobStatus
    package let attempt: Int
    package let updatedAt: Timestamp
    /// Once the job is over.
    package let terminal: ChatEvent?
    /// Where the terminal event stands in the session's log; nil until it is there.
    package let publishedSeq: Int64?

    package init(
        job: Job, status: JobStatus, attempt: Int, updatedAt: Timestamp, terminal: ChatEvent?, publishedSeq: Int64?
    ) {
        self.job = job
        self.status = status
        self.attempt = attempt
        self.updatedAt = updatedAt
        self.terminal = terminal
        self.publishedSeq = publishedSeq
    }
}

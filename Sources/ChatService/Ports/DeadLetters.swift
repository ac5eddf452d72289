import Support

/// Questions that failed for good, kept for the staff until they are answered after all, purged, or a week old.
package protocol DeadLetters: Sendable {
    /// The last one first, after `cursor`, at most `limit`; without what the students wrote.
    /// - Parameter courses: only of those; nil for all.
    func deadLetters(of courses: Set<CourseID>?, after cursor: PageCursor?, limit: Int) async throws -> Page<DeadLetter>

    /// One of them, with what the student wrote; nil when there is none of that job.
    func deadLetter(_ id: String) async throws -> DeadLetter?

    /// Asks the question again: a new job with all its tries and a new deadline, in the same conversation and, where it
    /// is still there, session. The question takes its place at the end of its conversation, where the answer will be,
    /// and stands there once. When the letter was redriven before and that job died too, that one is redriven.
    /// - Throws: `DeadLetterError`, `IntakeError.backlogFull`; nothing is changed then.
    func redrive(_ id: String) async throws -> Accepted

    /// Forgets dead letters; their jobs stay failed, and their questions in the conversations.
    /// - Parameters:
    ///   - ids: nil for all.
    ///   - diedBefore: only those; nil for whenever.
    /// - Returns: how many there were.
    func purge(_ ids: [String]?, diedBefore: Timestamp?) async throws -> Int
}

extension DeadLetters {
    /// Of all courses.
    package func deadLetters(after cursor: PageCursor?, limit: Int) async throws -> Page<DeadLetter> {
        try await deadLetters(of: nil, after: cursor, limit: limit)
    }
}

/// A question that failed for good, and how.
package struct DeadLetter: Sendable, Equatable {
    package let job: Job
    package let code: JobErrorCode
    /// The closed label of the last cause.
    package let cause: String
    /// The closed label of each failed try, in order.
    package let failures: [String]
    package let tries: Int
    package let diedAt: Timestamp
    /// The job that repeats it, once it was redriven; the last one if there are several.
    package let redrivenAs: String?

    package init(
        job: Job, code: JobErrorCode, cause: String, failures: [String], tries: Int, diedAt: Timestamp,
        redrivenAs: String?
    ) {
        self.job = job
        self.code = code
        self.cause = cause
        self.failures = failures
        self.tries = tries
        self.diedAt = diedAt
        self.redrivenAs = redrivenAs
    }

    /// Dead letters are known by their job.
    package var id: String { job.id }
}

/// Why a dead letter was not redriven.
package enum DeadLetterError: ExplainedError, Equatable {
    case unknown
    /// It lives on as this job, which has not died.
    case redriven(as: String)
    case conversationGone
    case courseGone(CourseID)

    package var label: String {
        switch self {
        case .unknown: "unknown_dead_letter"
        case .redriven: "already_redriven"
        case .conversationGone: "conversation_gone"
        case .courseGone: "course_gone"
        }
    }

    package var description: String {
        switch self {
        case .unknown:
            "There is no dead letter of this id: it may have been purged, be older than a week, or its conversation was "
                + "deleted. List those there are."
        case .redriven(let job):
            "It was redriven already, as job \(job); only if that one fails for good too can it be redriven again."
        case .conversationGone:
            "The student has deleted the conversation of this question, so there is nothing left to answer; purge it."
        case .courseGone(let course):
            "The course '\(course)' of this question is not there any more: load it again, then redrive, or purge it."
        }
    }
}

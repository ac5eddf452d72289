import ChatService
import SQLite
import Support

/// The rows of `usage`, each within the transaction that makes it true.
enum UsageTable {
    /// Longer than a course with its exams: a budget for an assignment has no end of its own.
    static let age = Duration.seconds(400 * 24 * 3600)
    /// Answers of a course that tell what one costs.
    private static let sample = 20

    /// - Throws: `PolicyDenied` when a limit of the submission is reached.
    static func check(_ submission: Submission, _ connection: Connection) throws {
        for limit in submission.admission.limits {
            let count = try count(
                limit.filter, of: submission.user, in: submission.course, upTo: limit.most, connection)
            guard count < limit.most else { throw PolicyDenied(limit.denial, in: submission.admission.language) }
        }
    }

    static func enter(_ job: Job, _ connection: Connection) throws {
        guard let question = job.task.question else { return }
        try connection.run(
            """
            INSERT INTO usage (job_id, user, course, mode, assignment, as_staff, asked_at, is_counted)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(job.id), SQLValue(job.user.name), SQLValue(job.course.name), SQLValue(question.mode.rawValue),
                SQLValue(question.asker.assignment), SQLValue(question.asker.isStaff), SQLValue(job.acceptedAt),
                // What staff have done again was counted when it was asked, or given back.
                SQLValue(job.redriveOf == nil),
            ])
    }

    static func settle(_ job: String, cost: Double, _ connection: Connection) throws {
        try connection.run("UPDATE usage SET cost = ? WHERE job_id = ?", [SQLValue(cost), SQLValue(job)])
    }

    /// The question failed: it does not count, but what a model was paid for it does.
    static func giveBack(_ job: String, wasPaid: Bool = false, _ connection: Connection) throws {
        try connection.run("UPDATE usage SET is_counted = 0 WHERE job_id = ?", [SQLValue(job)])
        if wasPaid { try estimate(job, connection) }
    }

    /// Its owner took the question back. Before anybody worked on it that costs nothing; afterwards most of the answer may
    /// have been read, and paid for: it counts.
    static func cancel(_ job: String, _ connection: Connection) throws {
        let attempts = try connection.row("SELECT attempt FROM job WHERE id = ?", [SQLValue(job)]) { $0.int(0) } ?? 0
        if attempts == 0 { return try giveBack(job, connection) }
        try estimate(job, connection)
    }

    /// What a question cost that ended without an answer is taken to be what the course's last answers did.
    private static func estimate(_ job: String, _ connection: Connection) throws {
        try connection.run(
            """
            UPDATE usage SET cost = coalesce((SELECT avg(cost) FROM (
                SELECT cost FROM usage AS other WHERE other.course = usage.course AND other.cost > 0
                ORDER BY other.asked_at DESC LIMIT ?)), 0) WHERE job_id = ?
            """, [SQLValue(sample), SQLValue(job)])
    }

    /// With what the user asked before they were erased.
    /// - Parameter most: no more are counted than that.
    static func count(
        _ filter: UsageFilter, of user: UserID, in course: CourseID, upTo most: Int, _ connection: Connection
    ) throws -> Int {
        try connection.row(
            """
            SELECT count(*) FROM (SELECT 1 FROM usage WHERE user IN (?1, ?7) AND course = ?2 AND asked_at > ?3
                AND is_counted = 1 AND as_staff = 0 AND (?4 IS NULL OR mode = ?4)
                AND (?5 IS NULL OR assignment = ?5) LIMIT ?6)
            """,
            [
                SQLValue(user.name), SQLValue(course.name), SQLValue(filter.since?.milliseconds ?? .min),
                SQLValue(filter.mode?.rawValue), SQLValue(filter.assignment), SQLValue(most),
                SQLValue(try Pseudonym.of(user, connection)),
            ]
        ) { $0.int(0) } ?? 0
    }
}

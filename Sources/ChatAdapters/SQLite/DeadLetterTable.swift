import ChatService
import SQLite
import Support

/// How dead letters are read from `dead_letter` and `job`, and made into new jobs; for the store itself and for a
/// process beside it.
enum DeadLetterTable {
    private static let columns = """
        \(JobRow.columns), dead_letter.code, dead_letter.cause, dead_letter.failures, dead_letter.tries, died_at,
        (SELECT id FROM job AS again WHERE again.redrive_of = job.id ORDER BY again.number DESC LIMIT 1)
        """

    static func page(
        of courses: Set<CourseID>?, after cursor: PageCursor?, limit: Int, _ connection: Connection
    ) throws -> Page<DeadLetter> {
        let from = cursor ?? PageCursor(order: .max)
        // What students wrote stays in the file.
        let found = try connection.rows(
            """
            SELECT \(columns) FROM dead_letter CROSS JOIN \(JobRow.tablesWithoutText)
            WHERE job.id = dead_letter.job_id AND (died_at, dead_letter.job_id) < (?1, ?2)
                AND (?4 IS NULL OR job.course IN (SELECT value FROM json_each(?4)))
            ORDER BY died_at DESC, dead_letter.job_id DESC LIMIT ?3
            """,
            [
                SQLValue(from.order), SQLValue(from.id), SQLValue(limit + 1),
                SQLValue(courses.map { JSONText.encode($0.map(\.name)) }),
            ], letter)
        let items = Array(found.prefix(limit))
        let last = items.last.map { PageCursor(order: $0.diedAt.milliseconds, id: $0.id) }
        return Page(items: items, next: found.count > limit ? last : nil)
    }

    static func letter(_ id: String, _ connection: Connection) throws -> DeadLetter? {
        try connection.row(
            "SELECT \(columns) FROM dead_letter CROSS JOIN \(JobRow.tables) WHERE job.id = dead_letter.job_id AND job.id = ?",
            [SQLValue(id)], letter)
    }

    /// The letter that a redrive of `id` repeats: its own, or that of the last job that repeated it in vain.
    /// - Throws: `DeadLetterError`.
    private static func last(of id: String, _ connection: Connection) throws -> DeadLetter {
        guard var letter = try letter(id, connection) else { throw DeadLetterError.unknown }
        // Each job repeats an older one, so this comes to an end.
        while let next = letter.redrivenAs {
            guard let dead = try self.letter(next, connection) else { throw DeadLetterError.redriven(as: next) }
            letter = dead
        }
        return letter
    }

    /// Stores a new job that repeats the last of `id`, and puts its question at the end of its conversation.
    /// - Throws: `DeadLetterError`, `IntakeError.backlogFull`.
    static func redrive(_ id: String, as jobID: String, _ line: JobLine) throws -> Accepted {
        let dead = try last(of: id, line.connection).job
        guard let question = dead.task.question,
            try line.connection.run(
                "UPDATE conversation SET updated_at = ? WHERE id = ?",
                [SQLValue(line.now), SQLValue(question.conversationID)]) == 1
        else { throw DeadLetterError.conversationGone }
        // Whoever reads the conversation finds the answer behind its question, and both under the same job.
        try line.connection.run(
            """
            UPDATE message SET job_id = ?1, ordinal = CASE WHEN EXISTS (
                    SELECT 1 FROM message AS later
                    WHERE later.conversation_id = message.conversation_id AND later.ordinal > message.ordinal)
                THEN (SELECT max(ordinal) + 1 FROM message) ELSE ordinal END
            WHERE id = ?2
            """, [SQLValue(jobID), SQLValue(question.messageID)])
        try line.insert(
            Job(
                id: jobID, user: dead.user, sessionID: dead.sessionID, traceID: dead.traceID, course: dead.course,
                task: dead.task, acceptedAt: line.now, deadline: line.steady + line.limits.deadline,
                redriveOf: dead.id))
        return Accepted(
            jobID: jobID, conversationID: question.conversationID, sessionID: dead.sessionID, traceID: dead.traceID,
            acceptedAt: line.now)
    }

    static func purge(_ ids: [String]?, diedBefore: Timestamp?, _ connection: Connection) throws -> Int {
        let condition = "(?1 IS NULL OR died_at < ?1)"
        guard let ids else {
            return try connection.run("DELETE FROM dead_letter WHERE \(condition)", [SQLValue(diedBefore)])
        }
        return try ids.reduce(0) { count, id in
            try count
                + connection.run(
                    "DELETE FROM dead_letter WHERE job_id = ?2 AND \(condition)", [SQLValue(diedBefore), SQLValue(id)])
        }
    }

    private static func letter(_ row: Row) throws -> DeadLetter {
        let first = JobRow.count
        return DeadLetter(
            job: try JobRow.listed(row), code: JobErrorCode(rawValue: row.text(first)) ?? .internalError,
            cause: row.text(first + 1), failures: row.text(first + 2).split(separator: " ").map(String.init),
            tries: row.int(first + 3), diedAt: row.timestamp(first + 4), redrivenAs: row.optionalText(first + 5))
    }
}

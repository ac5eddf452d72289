import ChatService
import SQLite
import Support

/// How a `Job` is read from the tables `job` and `message`.
enum JobRow {
    static let columns = """
        job.id, job.user, job.conversation_id, job.session_id, job.message_id, job.trace_id, job.course, job.mode,
        coalesce(message.content, ''), job.accepted_at, job.deadline, job.kind, coalesce(job.document_id, ''),
        coalesce(job.document_name, ''), coalesce(job.content_hash, ''), coalesce(job.byte_count, 0),
        job.redrive_of, job.as_staff, job.assignment, CASE WHEN message.id IS NULL THEN NULL ELSE job.given END
        """
    static let count = 20
    /// The same columns without what the student wrote: it stays in the file.
    static let tablesWithoutText = "job LEFT JOIN message ON FALSE"
    static let tables = "job LEFT JOIN message ON message.id = job.message_id"

    /// - Throws: for a row that names no course: nobody could work on it.
    static func job(_ row: Row) throws -> Job { try job(row, of: try CourseID(row.text(6))) }

    /// The same for whoever only wants to see it.
    static func listed(_ row: Row) throws -> Job {
        try job(row, of: (try? CourseID(row.text(6))) ?? CourseID("unreadable"))
    }

    private static func job(_ row: Row, of course: CourseID) throws -> Job {
        Job(
            id: row.text(0), user: UserID(row.text(1)), sessionID: row.text(3), traceID: row.text(5),
            course: course, task: try task(row), acceptedAt: row.timestamp(9),
            deadline: row.timestamp(10), redriveOf: row.optionalText(16))
    }

    private static func task(_ row: Row) throws -> JobTask {
        switch JobKind(rawValue: row.text(11)) ?? .question {
        case .question:
            .question(
                AskedQuestion(
                    conversationID: row.text(2), messageID: row.text(4),
                    mode: AnswerMode(rawValue: row.text(7)) ?? .answer, text: row.text(8),
                    given: try row.optionalText(19).map { try JSONText.decode([Turn].self, from: $0) },
                    asker: Asker(isStaff: row.int(17) == 1, assignment: row.optionalText(18))))
        case .document:
            .document(
                UploadedDocument(
                    documentID: row.text(12), name: row.text(13), contentHash: row.text(14), byteCount: row.int(15)))
        }
    }
}

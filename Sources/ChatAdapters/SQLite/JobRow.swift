import ChatService
import SQLite
import Support

/// How a `Job` is read from the tables `job` and `message`.
enum JobRow {
    static let columns = """
        job.id, job.user, job.conversation_id, job.session_id, job.message_id, job.trace_id, job.course, job.mode,
        coalesce(message.content, ''), job.accepted_at, job.deadline
        """
    static let count = 11

    static func job(_ row: Row) throws -> Job {
        Job(
            id: row.text(0), user: UserID(row.text(1)), conversationID: row.text(2), sessionID: row.text(3),
            messageID: row.text(4), traceID: row.text(5), course: try CourseID(row.text(6)),
            mode: AnswerMode(rawValue: row.text(7)) ?? .answer, question: row.text(8), acceptedAt: row.timestamp(9),
            deadline: row.timestamp(10))
    }
}

import ChatService
import SQLite
import Support

/// The refused questions of a chat store, for administration: also while a server works with the file.
///
/// Each call opens the file and closes it again. What a student has deleted is not there any more.
package struct SQLiteUnanswered: UnansweredRecord {
    /// The last answers that are looked at.
    private static let lookLimit = 200_000

    private let path: String

    /// - Parameter path: of a file that is there.
    package init(path: String) { self.path = path }

    package func unanswered(in course: CourseID, limit: Int) async throws -> [UnansweredQuestion] {
        try await ConnectionPool.aside(
            path: path, migrations: ChatSchema.migrations, applicationID: ChatSchema.applicationID,
            mustBeCurrent: true
        ) { connection in
            try connection.rows(
                """
                SELECT question.content, question.created_at, json_extract(reply.answer, '$.metadata.evidence'),
                    reply.content
                FROM (SELECT ordinal, conversation_id, job_id, content, answer FROM message
                      WHERE role = 'assistant' ORDER BY ordinal DESC LIMIT ?) AS reply
                JOIN conversation ON conversation.id = reply.conversation_id
                JOIN message AS question
                    ON question.conversation_id = reply.conversation_id AND question.job_id = reply.job_id
                    AND question.role = 'user'
                WHERE conversation.course = ? AND json_extract(reply.answer, '$.metadata.provider') = ?
                ORDER BY reply.ordinal DESC LIMIT ?
                """,
                [
                    SQLValue(Self.lookLimit), SQLValue(course.name), SQLValue(AnswerMetadata.noModel), SQLValue(limit),
                ]
            ) { row in
                UnansweredQuestion(
                    text: row.text(0), askedAt: row.timestamp(1), evidence: row.isNull(2) ? nil : row.double(2),
                    sections: Grounding.sections(in: row.text(3)))
            }
        }
    }
}

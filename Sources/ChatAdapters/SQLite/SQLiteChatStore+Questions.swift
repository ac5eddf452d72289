import ChatService
import SQLite
import Support

extension SQLiteChatStore: QuestionRecord {
    package func questions(of user: UserID, most: Int) async throws -> Questions {
        let arguments = [SQLValue(user.name), SQLValue(most)]
        return try await database.read { connection in
            Questions(
                counted: try connection.rows(
                    """
                    SELECT course, mode, assignment, asked_at, cost, is_counted FROM usage WHERE user = ?
                    ORDER BY asked_at DESC LIMIT ?
                    """, arguments
                ) {
                    Questions.Counted(
                        course: $0.text(0), mode: $0.text(1), assignment: $0.optionalText(2),
                        askedAt: $0.timestamp(3).seconds, costUsd: $0.double(4), counts: $0.int(5) == 1)
                },
                jobs: try connection.rows(
                    """
                    SELECT id, kind, course, state, failures, document_name, given, accepted_at, updated_at FROM job
                    WHERE user = ? ORDER BY number DESC LIMIT ?
                    """, arguments
                ) { row in
                    Questions.Job(
                        jobId: row.text(0), kind: row.text(1), course: row.text(2), state: row.text(3),
                        failures: row.text(4).split(separator: " ").map(String.init), document: row.optionalText(5),
                        given: try row.optionalText(6).map { try JSONText.decode([Turn].self, from: $0) },
                        acceptedAt: row.timestamp(7).seconds, updatedAt: row.timestamp(8).seconds)
                },
                ratings: try connection.rows(
                    """
                    SELECT message_id, rating, comment, rated_at FROM conversation
                    JOIN message ON message.conversation_id = conversation.id
                    JOIN feedback ON feedback.message_id = message.id
                    WHERE conversation.user = ? ORDER BY rated_at DESC LIMIT ?
                    """, arguments
                ) {
                    Questions.Rated(
                        messageId: $0.text(0), rating: $0.int(1), comment: $0.optionalText(2),
                        ratedAt: $0.timestamp(3).seconds)
                })
        }
    }
}

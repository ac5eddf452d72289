import ChatService
import SQLite
import Support

extension SQLiteChatStore: Feedback {
    package func rate(message id: String, _ rating: Rating, user: UserID) async throws -> Bool {
        let now = time.now
        return try await database.write { connection in
            guard let rated = try Self.rated(id, user: user, connection) else { return false }
            try connection.run(
                """
                INSERT INTO feedback VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                ON CONFLICT DO UPDATE SET rating = ?4, comment = ?5, rated_at = ?6
                """,
                [
                    SQLValue(id), SQLValue(rated.course), SQLValue(rated.askedAt), SQLValue(rating.verdict.rawValue),
                    SQLValue(rating.comment), SQLValue(now),
                ])
            switch rating.verdict {
            case .good: try Self.closeGap(id, connection)
            case .bad:
                try connection.run(
                    """
                    INSERT OR IGNORE INTO gap (reply_id, question_id, course, asked_at, refused) VALUES (?, ?, ?, ?, 0)
                    """, [SQLValue(id), SQLValue(rated.question), SQLValue(rated.course), SQLValue(rated.askedAt)])
            }
            return true
        }
    }

    package func withdrawRating(ofMessage id: String, user: UserID) async throws -> Bool {
        try await database.write { connection in
            guard try Self.rated(id, user: user, connection) != nil else { return false }
            try connection.run("DELETE FROM feedback WHERE message_id = ?", [SQLValue(id)])
            try Self.closeGap(id, connection)
            return true
        }
    }

    /// The question behind an answer of the user's.
    private static func rated(
        _ id: String, user: UserID, _ connection: Connection
    ) throws -> (question: String, course: String, askedAt: Timestamp)? {
        try connection.row(
            """
            SELECT question.id, conversation.course, question.created_at FROM message AS reply
            JOIN conversation ON conversation.id = reply.conversation_id
            JOIN message AS question ON question.conversation_id = reply.conversation_id
                AND question.job_id = reply.job_id AND question.role = 'user'
            WHERE reply.id = ? AND reply.role = 'assistant' AND conversation.user = ?
            """, [SQLValue(id), SQLValue(user.name)]
        ) { ($0.text(0), $0.text(1), $0.timestamp(2)) }
    }

    /// What was a gap for its rating only is none any more.
    private static func closeGap(_ id: String, _ connection: Connection) throws {
        try connection.run("DELETE FROM gap WHERE reply_id = ? AND refused = 0", [SQLValue(id)])
    }
}

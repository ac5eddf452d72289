import ChatService
import SQLite
import Support

extension SQLiteChatStore: QuizRecord {
    /// A user's answers that are looked through.
    private static let mostAnswers = 20_000

    package func quizzes(of user: UserID, in course: CourseID, limit: Int) async throws -> [Quiz] {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT quiz FROM (
                    SELECT json_extract(answer, '$.quiz') AS quiz, ordinal FROM conversation
                    JOIN message ON message.conversation_id = conversation.id
                    WHERE conversation.user = ? AND course = ? AND role = 'assistant' LIMIT ?)
                WHERE quiz IS NOT NULL ORDER BY ordinal DESC LIMIT ?
                """,
                [SQLValue(user.name), SQLValue(course.name), SQLValue(Self.mostAnswers), SQLValue(limit)]
            ) { try JSONText.decode(Quiz.self, from: $0.text(0)) }
        }
    }
}

import ChatService
import SQLite
import Support

/// What the store keeps of a person beside the conversations, for their export; `Erasure` takes it away with them.
package struct QuestionsOfPerson: PersonalData {
    /// Rows of each kind, the newest: more than one person comes to while they are kept.
    private static let most = 50_000

    package let exportName = "questions"
    private let store: SQLiteChatStore

    package init(_ store: SQLiteChatStore) { self.store = store }

    /// Times in seconds since 1970.
    private struct Export: Encodable {
        /// A question as it is counted and paid for.
        struct Counted: Encodable {
            let course: String
            let mode: String
            let assignment: String?
            let askedAt: Int64
            let costUsd: Double
            let counts: Bool
        }

        /// A question or an upload on its way, and for a week afterwards.
        struct Job: Encodable {
            let jobId: String
            let kind: String
            let course: String
            let state: String
            /// Closed labels of the tries that failed.
            let failures: [String]
            let document: String?
            /// What a program sent along as said before.
            let given: [Turn]?
            let acceptedAt: Int64
            let updatedAt: Int64
        }

        struct Rated: Encodable {
            let messageId: String
            let rating: Int
            let comment: String?
            let ratedAt: Int64
        }

        let counted: [Counted]
        let jobs: [Job]
        let ratings: [Rated]
    }

    package func export(of user: UserID) async throws -> any Encodable & Sendable {
        let arguments = [SQLValue(user.name), SQLValue(Self.most)]
        return try await store.database.read { connection in
            Export(
                counted: try connection.rows(
                    """
                    SELECT course, mode, assignment, asked_at, cost, is_counted FROM usage WHERE user = ?
                    ORDER BY asked_at DESC LIMIT ?
                    """, arguments
                ) {
                    Export.Counted(
                        course: $0.text(0), mode: $0.text(1), assignment: $0.optionalText(2),
                        askedAt: $0.timestamp(3).seconds, costUsd: $0.double(4), counts: $0.int(5) == 1)
                },
                jobs: try connection.rows(
                    """
                    SELECT id, kind, course, state, failures, document_name, given, accepted_at, updated_at FROM job
                    WHERE user = ? ORDER BY number DESC LIMIT ?
                    """, arguments
                ) { row in
                    Export.Job(
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
                    Export.Rated(
                        messageId: $0.text(0), rating: $0.int(1), comment: $0.optionalText(2),
                        ratedAt: $0.timestamp(3).seconds)
                })
        }
    }
}

import ChatService
import SQLite
import Support

/// What the directory keeps of a person beside account, memberships and API tokens, for their export; `Accounts` and
/// `AuditTrail` take it away with them.
package struct ActivityOfPerson: PersonalData {
    /// Rows of each kind, the newest: more than one person comes to while they are kept.
    private static let most = 50_000

    package let exportName = "activity"
    private let directory: SQLiteDirectory

    package init(_ directory: SQLiteDirectory) { self.directory = directory }

    /// Times in seconds since 1970.
    private struct Export: Encodable {
        struct SignIn: Encodable {
            let begunAt: Int64
            let renewedAt: Int64
            let expiresAt: Int64
        }

        /// An entry of the trail of which they are the subject, or that they made.
        struct Entry: Encodable {
            let at: Int64
            let action: String
            let course: String?
            /// Whether they did it, and whether it was done to them; who else it was is that person's.
            let byYou: Bool
            let toYou: Bool
        }

        let signIns: [SignIn]
        let trail: [Entry]
    }

    package func export(of user: UserID) async throws -> any Encodable & Sendable {
        let arguments = [SQLValue(user.name), SQLValue(Self.most)]
        return try await directory.database.read { connection in
            Export(
                signIns: try connection.rows(
                    """
                    SELECT min(issued_at), max(issued_at), max(expires_at) FROM refresh_token WHERE user = ?
                    GROUP BY family ORDER BY 1 DESC LIMIT ?
                    """, arguments
                ) {
                    Export.SignIn(
                        begunAt: $0.timestamp(0).seconds, renewedAt: $0.timestamp(1).seconds,
                        expiresAt: $0.timestamp(2).seconds)
                },
                trail: try connection.rows(
                    """
                    SELECT at, action, course, actor = ?1, subject = ?1 FROM audit WHERE subject = ?1 OR actor = ?1
                    ORDER BY number DESC LIMIT ?2
                    """, arguments
                ) {
                    Export.Entry(
                        at: $0.timestamp(0).seconds, action: $0.text(1), course: $0.optionalText(2),
                        byYou: $0.int(3) == 1, toYou: $0.int(4) == 1)
                })
        }
    }
}

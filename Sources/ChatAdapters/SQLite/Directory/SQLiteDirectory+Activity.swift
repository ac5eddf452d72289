import ChatService
import SQLite

extension SQLiteDirectory: ActivityRecord {
    package func activity(of user: UserID, most: Int) async throws -> Activity {
        let arguments = [SQLValue(user.name), SQLValue(most)]
        return try await database.read { connection in
            Activity(
                signIns: try connection.rows(
                    """
                    SELECT min(issued_at), max(issued_at), max(expires_at) FROM refresh_token WHERE user = ?
                    GROUP BY family ORDER BY 1 DESC LIMIT ?
                    """, arguments
                ) {
                    Activity.SignIn(
                        begunAt: $0.timestamp(0).seconds, renewedAt: $0.timestamp(1).seconds,
                        expiresAt: $0.timestamp(2).seconds)
                },
                trail: try connection.rows(
                    """
                    SELECT at, action, course, actor = ?1, subject = ?1 FROM audit WHERE subject = ?1 OR actor = ?1
                    ORDER BY number DESC LIMIT ?2
                    """, arguments
                ) {
                    Activity.Entry(
                        at: $0.timestamp(0).seconds, action: $0.text(1), course: $0.optionalText(2),
                        byYou: $0.int(3) == 1, toYou: $0.int(4) == 1)
                })
        }
    }
}

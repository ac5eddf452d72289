import ChatService
import SQLite
import Support

extension SQLiteDirectory: SignIns {
    /// Used tokens that are known again, of one sign-in: a thief who waits for longer meets a token of nobody.
    private static let mostSpent = 200
    /// What is past its time is deleted by the next sign-ins, so many by each.
    private static let portion = 100

    package func begin(_ signIn: SignIn) async throws {
        let now = time.now
        try await database.write { connection in
            try Self.insert(signIn.tokenHash, signIn.id, signIn.user.name, now, signIn.expires, connection)
            try connection.run(
                """
                DELETE FROM refresh_token WHERE user = ?1 AND family NOT IN (
                    SELECT family FROM refresh_token WHERE user = ?1 GROUP BY family
                    ORDER BY max(issued_at) DESC, family = ?2 DESC LIMIT ?3)
                """, [SQLValue(signIn.user.name), SQLValue(signIn.id), SQLValue(SignIn.most)])
            try connection.run(
                "DELETE FROM refresh_token WHERE hash IN (SELECT hash FROM refresh_token WHERE expires_at < ? LIMIT ?)",
                [SQLValue(now), SQLValue(Self.portion)])
        }
    }

    package func renew(_ tokenHash: String, with next: String, until end: Timestamp) async throws -> Renewal {
        let now = time.now
        return try await database.write { connection in
            let known = try connection.row(
                "SELECT family, user, is_spent FROM refresh_token WHERE hash = ? AND expires_at > ?",
                [SQLValue(tokenHash), SQLValue(now)]
            ) { (family: $0.text(0), user: $0.text(1), isSpent: $0.int(2) == 1) }
            guard let known else { return .unknown }
            guard !known.isSpent else {
                try connection.run("DELETE FROM refresh_token WHERE family = ?", [SQLValue(known.family)])
                return .reused(user: UserID(known.user), session: known.family)
            }
            try connection.run("UPDATE refresh_token SET is_spent = 1 WHERE hash = ?", [SQLValue(tokenHash)])
            try Self.insert(next, known.family, known.user, now, end, connection)
            try connection.run(
                """
                DELETE FROM refresh_token WHERE family = ?1 AND is_spent = 1 AND hash NOT IN (
                    SELECT hash FROM refresh_token WHERE family = ?1 AND is_spent = 1
                    ORDER BY issued_at DESC LIMIT ?2)
                """, [SQLValue(known.family), SQLValue(Self.mostSpent)])
            return .renewed(user: UserID(known.user), session: known.family)
        }
    }

    package func end(tokenHash: String) async throws -> String? {
        try await database.write { connection in
            let family = try connection.row(
                "SELECT family FROM refresh_token WHERE hash = ?", [SQLValue(tokenHash)], { $0.text(0) })
            guard let family else { return nil }
            try connection.run("DELETE FROM refresh_token WHERE family = ?", [SQLValue(family)])
            return family
        }
    }

    private static func insert(
        _ hash: String, _ family: String, _ user: String, _ now: Timestamp, _ end: Timestamp, _ connection: Connection
    ) throws {
        try connection.run(
            "INSERT INTO refresh_token (hash, family, user, issued_at, expires_at) VALUES (?, ?, ?, ?, ?)",
            [SQLValue(hash), SQLValue(family), SQLValue(user), SQLValue(now), SQLValue(end)])
    }
}

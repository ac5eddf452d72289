import ChatService
import SQLite
import Support

extension SQLiteDirectory: APITokens {
    package func add(_ token: APIToken, digest: String) async throws {
        try await database.write { connection in
            // Those that have ended count no more.
            try connection.run(
                "DELETE FROM api_token WHERE user = ? AND expires_at <= ?",
                [SQLValue(token.user.name), SQLValue(token.createdAt)])
            let count = try connection.row(
                "SELECT count(*) FROM api_token WHERE user = ?", [SQLValue(token.user.name)]
            ) { $0.int(0) }
            guard (count ?? 0) < APIToken.most else { throw APITokenError.tooMany }
            try connection.run(
                """
                INSERT INTO api_token (id, digest, user, name, course, granted, created_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    SQLValue(token.id), SQLValue(digest), SQLValue(token.user.name), SQLValue(token.name),
                    SQLValue(token.course.name), SQLValue(token.granted?.rawValue), SQLValue(token.createdAt),
                    SQLValue(token.expiresAt),
                ])
        }
    }

    package func tokens(of user: UserID) async throws -> [APIToken] {
        let now = time.now
        return try await database.read { connection in
            try connection.rows(
                """
                SELECT \(Self.tokenColumns) FROM api_token WHERE user = ? AND expires_at > ?
                ORDER BY created_at DESC, id DESC LIMIT ?
                """, [SQLValue(user.name), SQLValue(now), SQLValue(APIToken.most)], Self.token)
        }
    }

    package func token(digest: String) async throws -> APIToken? {
        let now = time.now
        return try await database.read { connection in
            try connection.row(
                "SELECT \(Self.tokenColumns) FROM api_token WHERE digest = ? AND expires_at > ?",
                [SQLValue(digest), SQLValue(now)], Self.token)
        }
    }

    package func noteUse(of id: String, on day: Int) async throws {
        try await database.write { connection in
            try connection.run("UPDATE api_token SET last_used_on = ? WHERE id = ?", [SQLValue(day), SQLValue(id)])
        }
    }

    package func revoke(_ id: String, of user: UserID) async throws -> Bool {
        try await database.write { connection in
            try connection.run("DELETE FROM api_token WHERE id = ? AND user = ?", [SQLValue(id), SQLValue(user.name)])
                > 0
        }
    }

    package func revokeAll(of user: UserID) async throws {
        try await database.write { connection in
            _ = try connection.overwriting {
                try connection.run("DELETE FROM api_token WHERE user = ?", [SQLValue(user.name)])
            }
        }
    }

    package func revokeAll(for course: CourseID) async throws {
        try await database.write { try $0.run("DELETE FROM api_token WHERE course = ?", [SQLValue(course.name)]) }
    }

    private static let tokenColumns = "id, user, name, course, granted, created_at, expires_at, last_used_on"

    private static func token(_ row: Row) throws -> APIToken {
        APIToken(
            id: row.text(0), user: UserID(row.text(1)), name: row.text(2), course: try CourseID(row.text(3)),
            granted: row.optionalText(4).flatMap { CourseRole(rawValue: $0) }, createdAt: row.timestamp(5),
            expiresAt: row.timestamp(6), lastUsedOn: row.optionalInt(7))
    }
}

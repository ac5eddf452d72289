import ChatService
import SQLite
import Support

extension SQLiteDirectory: AuditTrail {
    private static let age = Duration.seconds(730 * 24 * 3600)
    /// What is past its time is deleted by the next ones, so many by each.
    private static let portion = 100

    package func record(_ entry: AuditEntry) async throws {
        try await database.write { connection in
            try connection.run(
                "INSERT INTO audit (at, actor, action, course, subject, details) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    SQLValue(entry.at), SQLValue(entry.actor.name), SQLValue(entry.action),
                    SQLValue(entry.course?.name), SQLValue(entry.subject), SQLValue(JSONText.encode(entry.details)),
                ])
            try connection.run(
                "DELETE FROM audit WHERE number IN (SELECT number FROM audit WHERE at < ? LIMIT ?)",
                [SQLValue(entry.at - Self.age), SQLValue(Self.portion)])
        }
    }

    package func entries(of course: CourseID?, after cursor: PageCursor?, limit: Int) async throws -> Page<AuditEntry> {
        let found = try await database.read { connection in
            try connection.rows(
                """
                SELECT number, at, actor, action, course, subject, details FROM audit
                WHERE \(course == nil ? "?1 IS NULL" : "course = ?1") AND number < ?2 ORDER BY number DESC LIMIT ?3
                """, [SQLValue(course?.name), SQLValue(cursor?.order ?? .max), SQLValue(limit + 1)]
            ) { ($0.int64(0), try Self.entry($0)) }
        }
        let items = found.prefix(limit)
        return Page(
            items: items.map(\.1), next: found.count > limit ? items.last.map { PageCursor(order: $0.0) } : nil)
    }

    package func forget(_ user: UserID, as name: String) async throws {
        try await database.write { connection in
            try connection.overwriting {
                let arguments = [SQLValue(name), SQLValue(user.name)]
                // What they did with what was theirs; `token.`: with their own API tokens.
                try connection.run(
                    "UPDATE audit SET actor = ?1 WHERE actor = ?2 AND (subject = ?2 OR action LIKE 'token.%')",
                    arguments)
                try connection.run("UPDATE audit SET subject = ? WHERE subject = ?", arguments)
                // Who did it stands in the trail, for as long as that is kept.
                for (table, column) in [
                    ("invitation", "made_by"), ("policy", "changed_by"), ("platform_course", "user"),
                ] {
                    try connection.run("UPDATE \(table) SET \(column) = ? WHERE \(column) = ?", arguments)
                }
            }
        }
    }

    private static func entry(_ row: Row) throws -> AuditEntry {
        AuditEntry(
            at: row.timestamp(1), actor: UserID(row.text(2)), action: row.text(3),
            course: try row.optionalText(4).map { try CourseID($0) }, subject: row.text(5),
            details: try JSONText.decode([String: String].self, from: row.text(6)))
    }
}

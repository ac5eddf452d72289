import ChatService
import SQLite
import Support

extension SQLiteDirectory: Policies {
    package func policy(of course: CourseID) async throws -> StoredPolicy {
        try await database.read { try Self.policy(of: course, $0) }
    }

    package func set(
        _ policy: CoursePolicy, of course: CourseID, expecting version: Int?, by user: UserID, at moment: Timestamp
    ) async throws -> StoredPolicy? {
        let text = JSONText.encode(policy)
        return try await database.write { connection in
            let former = try Self.version(of: course, connection)
            guard version == nil || version == former else { return nil }
            try connection.run(
                """
                INSERT INTO policy (course, version, policy, changed_by, changed_at) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (course) DO UPDATE SET version = excluded.version, policy = excluded.policy,
                    changed_by = excluded.changed_by, changed_at = excluded.changed_at
                """,
                [
                    SQLValue(course.name), SQLValue(former + 1), SQLValue(text), SQLValue(user.name), SQLValue(moment),
                ])
            return StoredPolicy(policy, version: former + 1, changedBy: user, changedAt: moment)
        }
    }

    package func removePolicy(of course: CourseID) async throws {
        try await database.write { try $0.run("DELETE FROM policy WHERE course = ?", [SQLValue(course.name)]) }
    }

    private static func version(of course: CourseID, _ connection: Connection) throws -> Int {
        try connection.row("SELECT version FROM policy WHERE course = ?", [SQLValue(course.name)]) { $0.int(0) } ?? 0
    }

    /// - Throws: also for a policy that cannot be read: rules that nobody knows are not taken for none.
    private static func policy(of course: CourseID, _ connection: Connection) throws -> StoredPolicy {
        try connection.row(
            "SELECT version, policy, changed_by, changed_at FROM policy WHERE course = ?", [SQLValue(course.name)]
        ) { row in
            StoredPolicy(
                try JSONText.decode(CoursePolicy.self, from: row.text(1)), version: row.int(0),
                changedBy: UserID(row.text(2)), changedAt: row.timestamp(3))
        } ?? .none
    }
}

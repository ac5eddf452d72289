import ChatService
import SQLite
import Support

extension SQLiteDirectory: Invitations {
    private static let columns = "id, course, role, uses_left, made_by, created_at, expires_at"

    package func add(_ invitation: Invitation, codeHash: String) async throws {
        try await database.write { connection in
            try connection.run(
                "DELETE FROM invitation WHERE course = ? AND (expires_at <= ? OR uses_left < 1)",
                [SQLValue(invitation.course.name), SQLValue(invitation.createdAt)])
            let count = try connection.row(
                "SELECT count(*) FROM invitation WHERE course = ?", [SQLValue(invitation.course.name)], { $0.int(0) })
            guard (count ?? 0) < Invitation.most else { throw InvitationError.tooMany }
            try connection.run(
                """
                INSERT INTO invitation (id, code_hash, course, role, uses_left, made_by, created_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    SQLValue(invitation.id), SQLValue(codeHash), SQLValue(invitation.course.name),
                    SQLValue(invitation.role.rawValue), SQLValue(invitation.usesLeft),
                    SQLValue(invitation.madeBy.name), SQLValue(invitation.createdAt), SQLValue(invitation.expiresAt),
                ])
        }
    }

    package func invitations(of course: CourseID) async throws -> [Invitation] {
        let now = time.now
        return try await database.read { connection in
            try connection.rows(
                """
                SELECT \(Self.columns) FROM invitation WHERE course = ? AND expires_at > ? AND uses_left > 0
                ORDER BY created_at DESC, id DESC LIMIT ?
                """, [SQLValue(course.name), SQLValue(now), SQLValue(Invitation.most)], Self.invitation)
        }
    }

    package func remove(_ id: String, from course: CourseID) async throws -> Bool {
        try await database.write { connection in
            try connection.run(
                "DELETE FROM invitation WHERE id = ? AND course = ?", [SQLValue(id), SQLValue(course.name)]) > 0
        }
    }

    package func invitation(codeHash: String) async throws -> Invitation? {
        let now = time.now
        return try await database.read { try Self.good(codeHash, now, $0) }
    }

    package func accept(codeHash: String, user: UserID, name: String?) async throws -> Invitation? {
        let now = time.now
        return try await database.write { connection in
            guard let invitation = try Self.good(codeHash, now, connection) else { return nil }
            let role = try connection.row(
                "SELECT role FROM member WHERE user = ? AND course = ?",
                [SQLValue(user.name), SQLValue(invitation.course.name)]
            ) { CourseRole(rawValue: $0.text(0)) ?? .student }
            if let role, role == .staff || role == invitation.role { return invitation }
            _ = try Self.enrol(
                [Enrolment(user: user, name: name, role: invitation.role)], in: invitation.course, at: now, connection)
            try connection.run(
                "UPDATE invitation SET uses_left = uses_left - 1 WHERE id = ?", [SQLValue(invitation.id)])
            return invitation
        }
    }

    private static func good(_ codeHash: String, _ now: Timestamp, _ connection: Connection) throws -> Invitation? {
        try connection.row(
            "SELECT \(columns) FROM invitation WHERE code_hash = ? AND expires_at > ? AND uses_left > 0",
            [SQLValue(codeHash), SQLValue(now)], invitation)
    }

    private static func invitation(_ row: Row) throws -> Invitation {
        Invitation(
            id: row.text(0), course: try CourseID(row.text(1)), role: CourseRole(rawValue: row.text(2)) ?? .student,
            usesLeft: row.int(3), madeBy: UserID(row.text(4)), createdAt: row.timestamp(5), expiresAt: row.timestamp(6))
    }
}

import ChatService
import SQLite
import Support

extension SQLiteDirectory: Memberships {
    package func role(of user: UserID, in course: CourseID) async throws -> CourseRole? {
        try await database.read { connection in
            try connection.row(
                "SELECT role FROM member WHERE user = ? AND course = ?", [SQLValue(user.name), SQLValue(course.name)]
            ) { CourseRole(rawValue: $0.text(0)) } ?? nil
        }
    }

    package func courses(of user: UserID) async throws -> [CourseID: CourseRole] {
        let rows = try await database.read { connection in
            try connection.rows(
                "SELECT course, role FROM member WHERE user = ? LIMIT ?",
                [SQLValue(user.name), SQLValue(Membership.mostCourses)]
            ) { (try CourseID($0.text(0)), CourseRole(rawValue: $0.text(1)) ?? .student) }
        }
        return Dictionary(rows) { $1 }
    }

    package func member(_ user: UserID, of course: CourseID) async throws -> Member? {
        try await database.read { connection in
            try connection.row(
                "SELECT number, user, name, role, added_at FROM member WHERE user = ? AND course = ?",
                [SQLValue(user.name), SQLValue(course.name)], Self.member)
        }?.member
    }

    package func members(of course: CourseID, after cursor: PageCursor?, limit: Int) async throws -> Page<Member> {
        let found = try await database.read { connection in
            try connection.rows(
                """
                SELECT number, user, name, role, added_at FROM member
                WHERE course = ? AND number > ? ORDER BY number LIMIT ?
                """, [SQLValue(course.name), SQLValue(cursor?.order ?? 0), SQLValue(limit + 1)], Self.member)
        }
        let items = found.prefix(limit)
        return Page(
            items: items.map(\.member),
            next: found.count > limit ? items.last.map { PageCursor(order: $0.number) } : nil)
    }

    package func enrol(_ members: [Enrolment], in course: CourseID) async throws -> EnrolmentOutcome {
        let now = time.now
        return try await database.write { connection in
            let enrol = { try Self.enrol(members, in: course, at: now, connection) }
            guard !members.contains(where: \.isFinal) else { return try enrol() }
            return try Self.keepingStaff(of: course, connection, enrol)
        }
    }

    package func enrol(maker: Enrolment, of course: CourseID) async throws {
        let now = time.now
        try await database.write { connection in
            _ = try Self.enrol([maker], in: course, at: now, connection)
            try connection.run(
                "INSERT OR REPLACE INTO course_maker (course, user) VALUES (?, ?)",
                [SQLValue(course.name), SQLValue(maker.user.name)])
        }
    }

    package func maker(of course: CourseID) async throws -> UserID? {
        try await database.read { connection in
            try connection.row("SELECT user FROM course_maker WHERE course = ?", [SQLValue(course.name)]) {
                UserID($0.text(0))
            }
        }
    }

    package func remove(_ user: UserID, from course: CourseID) async throws -> Bool {
        try await database.write { connection in
            try Self.keepingStaff(of: course, connection) {
                try connection.run(
                    "DELETE FROM member WHERE user = ? AND course = ?", [SQLValue(user.name), SQLValue(course.name)])
                    > 0
            }
        }
    }

    package func removeAll(from course: CourseID) async throws {
        try await database.write { connection in
            for table in ["member", "course_maker", "invitation", "platform_course"] {
                try connection.run("DELETE FROM \(table) WHERE course = ?", [SQLValue(course.name)])
            }
            try Self.withdraw(course, fromPlatforms: connection)
        }
    }

    package func removeAll(of user: UserID) async throws {
        try await database.write { connection in
            try connection.overwriting {
                for table in ["member", "course_maker"] {
                    try connection.run("DELETE FROM \(table) WHERE user = ?", [SQLValue(user.name)])
                }
            }
        }
    }

    /// Undoes a change that takes the last staff from a course.
    /// - Throws: `MembershipError.lastStaff`.
    private static func keepingStaff<Value>(
        of course: CourseID, _ connection: Connection, _ change: () throws -> Value
    ) throws -> Value {
        func hasStaff() throws -> Bool {
            try connection.row(
                "SELECT 1 FROM member WHERE course = ? AND role = 'staff' LIMIT 1", [SQLValue(course.name)],
                { _ in true }) ?? false
        }
        let had = try hasStaff()
        let value = try change()
        guard try !had || hasStaff() else { throw MembershipError.lastStaff }
        return value
    }

    /// - Throws: `MembershipError.courseFull`.
    static func enrol(
        _ members: [Enrolment], in course: CourseID, at now: Timestamp, _ connection: Connection
    ) throws -> EnrolmentOutcome {
        var outcome = EnrolmentOutcome()
        let last = Dictionary(members.enumerated().map { ($1.user, $0) }) { $1 }
        for (index, member) in members.enumerated() where last[member.user] == index {
            let known = try connection.row(
                "SELECT role, name FROM member WHERE course = ? AND user = ?",
                [SQLValue(course.name), SQLValue(member.user.name)]
            ) { (role: $0.text(0), name: $0.optionalText(1)) }
            guard let known else {
                try connection.run(
                    "INSERT INTO member (course, user, name, role, added_at) VALUES (?, ?, ?, ?, ?)",
                    [
                        SQLValue(course.name), SQLValue(member.user.name), SQLValue(member.name),
                        SQLValue(member.role.rawValue), SQLValue(now),
                    ])
                outcome.added.append(member.user)
                continue
            }
            if known.role == member.role.rawValue, member.name == nil || member.name == known.name {
                outcome.unchanged += 1
                continue
            }
            try connection.run(
                "UPDATE member SET role = ?, name = coalesce(?, name) WHERE course = ? AND user = ?",
                [
                    SQLValue(member.role.rawValue), SQLValue(member.name), SQLValue(course.name),
                    SQLValue(member.user.name),
                ])
            outcome.changed.append(member.user)
        }
        let count = try connection.row("SELECT count(*) FROM member WHERE course = ?", [SQLValue(course.name)]) {
            $0.int(0)
        }
        guard outcome.added.isEmpty || (count ?? 0) <= Membership.mostMembers else { throw MembershipError.courseFull }
        return outcome
    }

    private static func member(_ row: Row) throws -> (number: Int64, member: Member) {
        (
            row.int64(0),
            Member(
                user: UserID(row.text(1)), name: row.optionalText(2),
                role: CourseRole(rawValue: row.text(3)) ?? .student,
                addedAt: row.timestamp(4))
        )
    }
}

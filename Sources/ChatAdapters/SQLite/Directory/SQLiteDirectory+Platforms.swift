import ChatService
import SQLite
import Support

extension SQLiteDirectory: PlatformRegistrations {
    private static let columns = """
        id, name, issuer, client_id, deployment_id, authorization_url, keys_url, key_set, origins, courses, created_at
        """

    package func registrations() async throws -> [PlatformRegistration] {
        try await database.read { connection in
            try connection.rows(
                "SELECT \(Self.columns) FROM platform ORDER BY name, id LIMIT ?", [SQLValue(PlatformRegistration.most)],
                Self.registration)
        }
    }

    package func registration(_ id: String) async throws -> PlatformRegistration? {
        try await database.read { connection in
            try connection.row(
                "SELECT \(Self.columns) FROM platform WHERE id = ?", [SQLValue(id)], Self.registration)
        }
    }

    package func registrations(issuer: String, clientID: String?) async throws -> [PlatformRegistration] {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT \(Self.columns) FROM platform WHERE issuer = ?1 AND (?2 IS NULL OR client_id = ?2)
                ORDER BY client_id, deployment_id LIMIT ?3
                """, [SQLValue(issuer), SQLValue(clientID), SQLValue(PlatformRegistration.most)], Self.registration)
        }
    }

    package func add(_ registration: PlatformRegistration) async throws {
        try await database.write { connection in
            let count = try connection.row("SELECT count(*) FROM platform", [], { $0.int(0) }) ?? 0
            guard count < PlatformRegistration.most else { throw RegistrationError.tooMany }
            var (url, set): (String?, String?)
            switch registration.keys {
            case .url(let text): url = text
            case .set(let text): set = text
            }
            let added = try connection.run(
                "INSERT INTO platform (\(Self.columns)) VALUES (?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING",
                [
                    SQLValue(registration.id), SQLValue(registration.name), SQLValue(registration.issuer),
                    SQLValue(registration.clientID), SQLValue(registration.deploymentID),
                    SQLValue(registration.authorizationURL), SQLValue(url), SQLValue(set),
                    SQLValue(registration.origins.joined(separator: " ")),
                    SQLValue(registration.courses.map(\.name).joined(separator: " ")),
                    SQLValue(registration.createdAt),
                ])
            guard added == 1 else { throw RegistrationError.exists }
        }
    }

    package func removeRegistration(_ id: String) async throws -> Bool {
        try await database.write { try $0.run("DELETE FROM platform WHERE id = ?", [SQLValue(id)]) > 0 }
    }

    private static func registration(_ row: Row) throws -> PlatformRegistration {
        func words(_ column: Int) -> [String] { row.text(column).split(separator: " ").map(String.init) }
        return PlatformRegistration(
            id: row.text(0), name: row.text(1), issuer: row.text(2), clientID: row.text(3), deploymentID: row.text(4),
            authorizationURL: row.text(5), keys: row.optionalText(6).map { .url($0) } ?? .set(row.text(7)),
            origins: words(8), courses: try words(9).map { try CourseID($0) }, createdAt: row.timestamp(10))
    }

    // MARK: - Courses of platforms

    package func course(of context: String, in registration: String) async throws -> CourseID? {
        try await database.read { try Self.course(of: context, in: registration, $0) }
    }

    package func connect(
        _ context: String, of registration: String, to course: CourseID, by user: UserID
    ) async throws -> CourseID {
        let now = time.now
        return try await database.write { connection in
            try connection.run(
                """
                INSERT INTO platform_course (platform_id, context_id, course, user, created_at) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """,
                [
                    SQLValue(registration), SQLValue(context), SQLValue(course.name), SQLValue(user.name),
                    SQLValue(now),
                ])
            return try Self.course(of: context, in: registration, connection) ?? course
        }
    }

    package func disconnect(_ context: String, of registration: String) async throws {
        try await database.write { connection in
            try connection.run(
                "DELETE FROM platform_course WHERE platform_id = ? AND context_id = ?",
                [SQLValue(registration), SQLValue(context)])
        }
    }

    /// Takes the course of a name that may be given again out of what platforms' staff may connect to.
    static func withdraw(_ course: CourseID, fromPlatforms connection: Connection) throws {
        let open = try connection.rows("SELECT id, courses FROM platform", []) { ($0.text(0), $0.text(1)) }
        for (id, courses) in open {
            let names = courses.split(separator: " ")
            let left = names.filter { $0 != course.name }
            guard left.count < names.count else { continue }
            try connection.run(
                "UPDATE platform SET courses = ? WHERE id = ?", [SQLValue(left.joined(separator: " ")), SQLValue(id)])
        }
    }

    private static func course(of context: String, in registration: String, _ connection: Connection) throws
        -> CourseID?
    {
        try connection.row(
            "SELECT course FROM platform_course WHERE platform_id = ? AND context_id = ?",
            [SQLValue(registration), SQLValue(context)]
        ) { try CourseID($0.text(0)) }
    }

    // MARK: - Launches

    package func spend(nonce: String, until: Timestamp) async throws -> Bool {
        let now = time.now
        return try await database.write { connection in
            try connection.run("DELETE FROM platform_nonce WHERE expires_at <= ?", [SQLValue(now)])
            let count = try connection.row("SELECT count(*) FROM platform_nonce", [], { $0.int(0) }) ?? 0
            guard count < PlatformRegistration.mostNonces else { throw RegistrationError.busy }
            return try connection.run(
                "INSERT INTO platform_nonce (nonce, expires_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
                [SQLValue(nonce), SQLValue(until)]) == 1
        }
    }

    // MARK: - Our own keys

    package func toolKeys() async throws -> [ToolKey] { try await database.read(Self.keys) }

    package func add(_ key: ToolKey, onlyIfFirst: Bool) async throws -> [ToolKey] {
        try await database.write { connection in
            let known = try Self.keys(connection)
            guard !onlyIfFirst || known.isEmpty else { return known }
            try connection.run(
                "INSERT INTO tool_key (id, pem, created_at) VALUES (?, ?, ?)",
                [SQLValue(key.id), SQLValue(key.pem), SQLValue(key.createdAt)])
            try connection.run(
                """
                DELETE FROM tool_key WHERE id NOT IN
                    (SELECT id FROM tool_key ORDER BY created_at DESC, id DESC LIMIT 2)
                """)
            return try Self.keys(connection)
        }
    }

    @Sendable private static func keys(_ connection: Connection) throws -> [ToolKey] {
        try connection.rows("SELECT id, pem, created_at FROM tool_key ORDER BY created_at DESC, id DESC LIMIT 2") {
            ToolKey(id: $0.text(0), pem: $0.text(1), createdAt: $0.timestamp(2))
        }
    }
}

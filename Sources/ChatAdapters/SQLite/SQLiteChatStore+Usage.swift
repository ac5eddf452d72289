import ChatService
import SQLite
import Support

extension SQLiteChatStore: UsageRecord {
    /// Questions of one user that are counted: more than any policy allows.
    private static let mostCounted = 100_000

    package func counts(of user: UserID, in course: CourseID, _ filters: [UsageFilter]) async throws -> [Int] {
        try await database.read { connection in
            try filters.map {
                try UsageTable.count($0, of: user, in: course, upTo: Self.mostCounted, connection)
            }
        }
    }

    package func cost(of course: CourseID, since moment: Timestamp) async throws -> Double {
        try await database.read { connection in
            try connection.row(
                "SELECT total(cost) FROM usage WHERE course = ? AND asked_at > ?",
                [SQLValue(course.name), SQLValue(moment)]
            ) { $0.double(0) } ?? 0
        }
    }
}

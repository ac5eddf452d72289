import SQLite
import Support

@testable import ChatAdapters

/// What tests look at behind the ports.
extension SQLiteChatStore {
    func deadLetters() async throws -> [(job: String, failures: [String])] {
        try await database.read { connection in
            try connection.rows("SELECT job_id, failures FROM dead_letter ORDER BY died_at") {
                ($0.text(0), $0.text(1).split(separator: " ").map(String.init))
            }
        }
    }

    func leasedUntil(job: String) async throws -> Timestamp? {
        try await database.read { connection in
            try connection.row("SELECT due_at FROM job WHERE id = ? AND state = 'leased'", [SQLValue(job)]) {
                $0.timestamp(0)
            }
        }
    }

    /// Lets the lease run out now.
    func expire(job: String) async throws {
        try await database.write { connection in
            _ = try connection.run("UPDATE job SET due_at = 0 WHERE id = ?", [SQLValue(job)])
        }
    }
}

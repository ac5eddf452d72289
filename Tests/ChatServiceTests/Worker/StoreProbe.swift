import SQLite
import Support

@testable import ChatAdapters

/// What keeps a database from being written to.
enum WriteTrouble: CaseIterable {
    /// The file may not grow: SQLite's own answer to a full disk.
    case full
    case readOnly

    var label: String { self == .full ? "sqlite_full" : "sqlite_read_only" }
}

/// What tests look at behind the ports.
extension SQLiteChatStore {
    /// Keeps the store from being written to.
    func meet(_ trouble: WriteTrouble) async throws {
        try await database.write { connection in
            switch trouble {
            // SQLite takes the present size for the least.
            case .full: try connection.execute("PRAGMA max_page_count = 1")
            // Nor can this be taken back: it takes a transaction.
            case .readOnly: try connection.execute("PRAGMA query_only = ON")
            }
        }
    }

    /// Ends a full disk.
    func makeRoom() async throws {
        try await database.write { try $0.execute("PRAGMA max_page_count = 1000000") }
    }

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

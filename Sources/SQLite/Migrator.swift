/// Brings a file's schema to the newest version this program knows, and refuses files it does not know.
struct Migrator {
    private let migrations: [Migration]
    private let applicationID: Int32

    /// - Parameters:
    ///   - migrations: in order, numbered from 1 without a gap.
    ///   - applicationID: `PRAGMA application_id` of the owner's files; 0 for none.
    init(_ migrations: [Migration], applicationID: Int32) {
        precondition(
            migrations.map(\.version) == Array(1..<(migrations.count + 1)), "migrations are numbered 1, 2, 3 …")
        self.migrations = migrations
        self.applicationID = applicationID
    }

    /// Throws, without changing anything, when the file is of another program or of a newer schema.
    func check(_ connection: Connection) throws {
        let version = try version(of: connection)
        let owner = try connection.row("PRAGMA application_id", [], { $0.int(0) }) ?? 0
        let hasTables = try connection.row("SELECT 1 FROM sqlite_schema", [], { _ in true }) ?? false
        let isNew = version == 0 && owner == 0 && !hasTables
        if isNew { return }
        if owner != Int(applicationID) {
            throw SQLiteError(.foreignFile, path: connection.path, detail: "application_id \(owner)")
        }
        if version > migrations.count {
            throw SQLiteError(
                .newerVersion, path: connection.path, detail: "schema \(version), this one knows \(migrations.count)")
        }
    }

    /// Throws when the file lacks a step: whoever does not own it leaves the migration to those who do.
    func checkIsCurrent(_ connection: Connection) throws {
        let version = try version(of: connection)
        guard version == migrations.count else {
            throw SQLiteError(
                .olderVersion, path: connection.path, detail: "schema \(version), this one needs \(migrations.count)")
        }
    }

    /// Runs what is missing, each step in a transaction of its own.
    func migrate(_ connection: Connection) throws {
        for migration in migrations where try version(of: connection) < migration.version {
            try connection.transaction(writing: true) { connection in
                // Another process may have done this step while we waited for the lock.
                guard try version(of: connection) < migration.version else { return }
                try connection.execute(migration.sql)
                try connection.execute("PRAGMA user_version = \(migration.version)")
                if applicationID != 0 { try connection.execute("PRAGMA application_id = \(applicationID)") }
            }
        }
    }

    private func version(of connection: Connection) throws -> Int {
        try connection.row("PRAGMA user_version", [], { $0.int(0) }) ?? 0
    }
}

extension ConnectionPool {
    /// Runs `body` outside a transaction on a connection of its own, opened for it and closed after it, so that neither
    /// the writer nor a reader waits: for what takes long (`Connection.check`, `Connection.copy`) or cannot live in a
    /// transaction.
    ///
    /// The connection cannot write to the file, nor make it. A reading statement that goes on for long keeps the write-ahead log
    /// from being folded in, so that it grows meanwhile.
    /// - Throws: `CancellationError` soon after the task was cancelled, also in the middle of a statement.
    package func aside<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Value
    ) async throws -> Value {
        try await Self.onConnectionOfItsOwn(path: path, body)
    }

    /// The same for a file that nobody here has open, and that another process may be working with. Migrates nothing.
    ///
    /// - Parameter mustBeCurrent: refuses a file that lacks a migration, for a `body` that needs all of them.
    /// - Throws: before `body` runs: `SQLiteError` `foreignFile`, `newerVersion` …
    package static func aside<Value: Sendable>(
        path: String, migrations: [Migration], applicationID: Int32, mustBeCurrent: Bool = false,
        _ body: @escaping @Sendable (Connection) throws -> Value
    ) async throws -> Value {
        let migrator = Migrator(migrations, applicationID: applicationID)
        return try await onConnectionOfItsOwn(path: path) { connection in
            try migrator.check(connection)
            if mustBeCurrent { try migrator.checkIsCurrent(connection) }
            return try body(connection)
        }
    }

    /// Looks at a file that another process may be working with: whose it is, of which version, whether it is sound.
    package static func check(path: String, migrations: [Migration], applicationID: Int32) async throws {
        try await aside(path: path, migrations: migrations, applicationID: applicationID) { try $0.check() }
    }

    private static func onConnectionOfItsOwn<Value: Sendable>(
        path: String, _ body: @escaping @Sendable (Connection) throws -> Value
    ) async throws -> Value {
        let lane = Lane(path: path, limit: 1) { _ in
            ConfinedConnection(label: "sqlite.aside") { queue, interruption in
                let connection = try Connection(path: path, queue: queue, interruption: interruption, creates: false)
                try connection.execute("PRAGMA busy_timeout = \(busyTimeout.milliseconds); PRAGMA query_only = ON")
                return connection
            }
        }
        do {
            let value = try await lane.run(body)
            await lane.close()
            return value
        } catch {
            await lane.close()
            throw error
        }
    }
}

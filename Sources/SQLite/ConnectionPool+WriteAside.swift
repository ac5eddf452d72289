extension ConnectionPool {
    /// Runs `body` in one write transaction on a connection of its own to a file that another process may be working
    /// with: committed and on the disk when this returns, rolled back when it throws. Migrates nothing.
    ///
    /// The file must be there, else an empty one would be made.
    /// - Throws: before `body` runs: `SQLiteError` `foreignFile`, `newerVersion`, `olderVersion` …
    package static func writeAside<Value: Sendable>(
        path: String, migrations: [Migration], applicationID: Int32,
        _ body: @escaping @Sendable (Connection) throws -> Value
    ) async throws -> Value {
        let migrator = Migrator(migrations, applicationID: applicationID)
        let connection = ConfinedConnection(label: "sqlite.aside.writer") { queue, interruption in
            let connection = try Connection(path: path, queue: queue, interruption: interruption)
            try connection.execute(
                """
                PRAGMA busy_timeout = \(busyTimeout.milliseconds);
                PRAGMA foreign_keys = ON;
                PRAGMA trusted_schema = OFF;
                PRAGMA synchronous = FULL;
                """)
            try migrator.check(connection)
            try migrator.checkIsCurrent(connection)
            return connection
        }
        let lane = WriteLane(path: path, connection: connection)
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

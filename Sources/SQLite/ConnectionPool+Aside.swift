extension ConnectionPool {
    /// Looks at a file that another process may be working with: whose it is, of which version, whether it is sound.
    /// Migrates nothing. Blocks while it does.
    ///
    /// The file must be there, else an empty one would be made.
    package static func check(path: String, migrations: [Migration], applicationID: Int32) throws {
        let migrator = Migrator(migrations, applicationID: applicationID)
        let confined = ConfinedConnection(label: "sqlite.check") { queue, interruption in
            let connection = try Connection(path: path, queue: queue, interruption: interruption)
            try connection.execute("PRAGMA busy_timeout = \(busyTimeout.milliseconds); PRAGMA query_only = ON")
            try migrator.check(connection)
            try connection.check()
            return connection
        }
        try confined.openNow()
    }
}

extension Connection {
    /// Writes what the database holds at this moment into a new file at `path`, without gaps and without a write-ahead
    /// log, while others go on reading and writing. Not within a transaction: `ConnectionPool.aside`.
    ///
    /// The file is not synced to the disk. What a failure leaves of it is the caller's to remove.
    /// - Parameter path: where there is no file yet, or an empty one.
    package func copy(to path: String) throws {
        // The statement counts as one that writes, though not to this file.
        try execute("PRAGMA query_only = OFF")
        defer { try? execute("PRAGMA query_only = ON") }
        try run("VACUUM INTO ?", [SQLValue(path)])
    }
}

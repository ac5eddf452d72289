import SQLite

extension SQLiteChatStore {
    /// Checks a file of this store from aside, also while a server works with it; changes nothing.
    ///
    /// The file must be there.
    /// - Throws: `SQLiteError`.
    package static func checkFile(at path: String) async throws {
        try await ConnectionPool.check(
            path: path, migrations: ChatSchema.migrations, applicationID: ChatSchema.applicationID)
    }
}

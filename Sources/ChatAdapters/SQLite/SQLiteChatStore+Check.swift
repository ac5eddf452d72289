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

    /// Writes what a file of this store holds at this moment into a new one at `target`, where there is an empty file or
    /// none; also while a server works with it.
    /// - Throws: `SQLiteError`; `CancellationError`. What is left at `target` then is the caller's to remove.
    package static func copyFile(at path: String, to target: String) async throws {
        try await ConnectionPool.aside(
            path: path, migrations: ChatSchema.migrations, applicationID: ChatSchema.applicationID
        ) { try $0.copy(to: target) }
    }
}

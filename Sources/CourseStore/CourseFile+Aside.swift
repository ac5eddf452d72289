import SQLite

/// What can be done with a course's file without being of its model, and while others work with it. It must be there.
extension CourseFile {
    /// Reads the whole file from aside and checks that it is sound; changes nothing.
    /// - Throws: `SQLiteError`; `CancellationError`.
    package static func checkFile(at path: String) async throws { try await aside(path) { try $0.check() } }

    /// Writes what the file holds at this moment into a new one at `target`, where there is an empty file or none.
    /// - Throws: `SQLiteError`; `CancellationError`. What is left at `target` then is the caller's to remove.
    package static func copyFile(at path: String, to target: String) async throws {
        try await aside(path) { try $0.copy(to: target) }
    }

    /// SHA-256 of the originals that the file's documents were made of.
    package static func originals(ofFile path: String) async throws -> Set<String> {
        try await aside(path) { connection in
            Set(try connection.rows("SELECT content_hash FROM document", []) { $0.text(0) })
        }
    }

    private static func aside<Value: Sendable>(
        _ path: String, _ body: @escaping @Sendable (Connection) throws -> Value
    ) async throws -> Value {
        try await ConnectionPool.aside(
            path: path, migrations: CourseSchema.migrations, applicationID: CourseSchema.applicationID, body)
    }
}

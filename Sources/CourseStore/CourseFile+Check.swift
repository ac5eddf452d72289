extension CourseFile {
    /// Reads the whole file and checks that it is sound; takes about as long as reading it.
    /// - Throws: `SQLiteError` of the kind `corrupt` when it is not.
    package func check() async throws { try await pool.read { try $0.check() } }
}

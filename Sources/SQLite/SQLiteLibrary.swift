import CSQLite

/// The SQLite library this process runs with.
package enum SQLiteLibrary {
    package static var version: String { String(cString: sqlite3_libversion()) }

    /// Whether it was built with what gepeto needs.
    package static var hasFullText: Bool { sqlite3_compileoption_used("ENABLE_FTS5") != 0 }
    package static var isThreadSafe: Bool { sqlite3_threadsafe() != 0 }
}

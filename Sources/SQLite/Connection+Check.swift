extension Connection {
    /// Reads every page and checks that tables and their rows are sound (`PRAGMA quick_check`).
    /// - Throws: `SQLiteError` of the kind `corrupt` when they are not.
    package func check() throws {
        let verdict = try row("PRAGMA quick_check(1)", [], { $0.text(0) }) ?? ""
        guard verdict == "ok" else { throw SQLiteError(.corrupt, path: path, detail: verdict) }
    }
}

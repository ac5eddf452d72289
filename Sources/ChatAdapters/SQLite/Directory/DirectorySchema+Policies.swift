extension DirectorySchema {
    /// The rules of courses.
    static let policies = """
        CREATE TABLE policy (
            course TEXT PRIMARY KEY, version INTEGER NOT NULL, policy TEXT NOT NULL, -- JSON
            changed_by TEXT NOT NULL, changed_at INTEGER NOT NULL
        ) WITHOUT ROWID;
        """
}

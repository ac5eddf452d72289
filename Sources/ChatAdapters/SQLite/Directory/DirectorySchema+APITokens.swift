extension DirectorySchema {
    /// `digest`: SHA-256 of the secret, which is kept nowhere. `last_used_on`: days since 1970.
    static let apiTokens = """
        CREATE TABLE api_token (
            id TEXT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, user TEXT NOT NULL, name TEXT NOT NULL,
            course TEXT NOT NULL, granted TEXT, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
            last_used_on INTEGER
        ) WITHOUT ROWID;
        CREATE INDEX api_token_by_user ON api_token (user, created_at);
        CREATE INDEX api_token_by_course ON api_token (course);
        """
}

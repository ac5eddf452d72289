extension DirectorySchema {
    /// Learning platforms that may open this server (LTI), what their courses are here, and this server's own keys.
    static let platforms = """
        CREATE TABLE platform (
            id TEXT PRIMARY KEY, name TEXT NOT NULL, issuer TEXT NOT NULL, client_id TEXT NOT NULL,
            deployment_id TEXT NOT NULL, authorization_url TEXT NOT NULL,
            keys_url TEXT, key_set TEXT, -- one of the two
            origins TEXT NOT NULL, courses TEXT NOT NULL, -- separated by spaces
            created_at INTEGER NOT NULL, CHECK ((keys_url IS NULL) <> (key_set IS NULL))
        ) WITHOUT ROWID;
        CREATE UNIQUE INDEX platform_by_client ON platform (issuer, client_id, deployment_id);

        CREATE TABLE platform_course (
            platform_id TEXT NOT NULL REFERENCES platform (id) ON DELETE CASCADE, context_id TEXT NOT NULL,
            course TEXT NOT NULL, user TEXT NOT NULL, created_at INTEGER NOT NULL, PRIMARY KEY (platform_id, context_id)
        ) WITHOUT ROWID;

        -- Launches that were used, until their states have expired anyway.
        CREATE TABLE platform_nonce (nonce TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX platform_nonce_by_end ON platform_nonce (expires_at);

        CREATE TABLE tool_key (id TEXT PRIMARY KEY, pem TEXT NOT NULL, created_at INTEGER NOT NULL) WITHOUT ROWID;
        """
}

extension ChatSchema {
    /// What questions are counted by, and what they cost; without a word of them, and kept when they are deleted, for a
    /// budget that comes back with a deleted conversation is none.
    static let usage = """
        ALTER TABLE job ADD COLUMN as_staff INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE job ADD COLUMN assignment TEXT;
        CREATE TABLE usage (
            job_id TEXT PRIMARY KEY, user TEXT NOT NULL, course TEXT NOT NULL, mode TEXT NOT NULL, assignment TEXT,
            as_staff INTEGER NOT NULL, asked_at INTEGER NOT NULL, cost REAL NOT NULL DEFAULT 0, -- US dollars
            -- whether it counts against its user's budgets
            is_counted INTEGER NOT NULL DEFAULT 1
        ) WITHOUT ROWID;
        CREATE INDEX usage_by_user ON usage (user, course, asked_at);
        CREATE INDEX usage_by_course ON usage (course, asked_at, cost);
        CREATE INDEX usage_by_age ON usage (asked_at);
        """
}

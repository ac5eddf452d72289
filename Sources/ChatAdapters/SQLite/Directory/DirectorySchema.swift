import SQLite

/// The tables of `directory.sqlite`: who there is and what they may do. Times are milliseconds since 1970 by the wall clock.
///
/// Each part of the program that keeps something here states its own step in a file of its own.
enum DirectorySchema {
    /// `gpdi`, so that `file` and other programs know the file for what it is.
    static let applicationID: Int32 = 0x6770_6469

    static let migrations = [
        Migration(1, people),
        Migration(2, policies),
        Migration(3, apiTokens),
        Migration(4, platforms),
    ]

    private static let people = """
        CREATE TABLE account (
            number INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
            standing TEXT NOT NULL CHECK (standing IN ('student', 'staff', 'admin')),
            password TEXT NOT NULL, -- the hash with its salt and parameters
            must_change INTEGER NOT NULL, created_at INTEGER NOT NULL
        );

        CREATE TABLE refresh_token (
            hash TEXT PRIMARY KEY, family TEXT NOT NULL, user TEXT NOT NULL,
            issued_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, is_spent INTEGER NOT NULL DEFAULT 0
        ) WITHOUT ROWID;
        CREATE INDEX refresh_token_by_user ON refresh_token (user, issued_at);
        CREATE INDEX refresh_token_by_family ON refresh_token (family);
        CREATE INDEX refresh_token_by_end ON refresh_token (expires_at);

        CREATE TABLE member (
            number INTEGER PRIMARY KEY AUTOINCREMENT, course TEXT NOT NULL, user TEXT NOT NULL, name TEXT,
            role TEXT NOT NULL CHECK (role IN ('student', 'staff')), added_at INTEGER NOT NULL
        );
        CREATE UNIQUE INDEX member_by_user ON member (user, course, role);
        CREATE UNIQUE INDEX member_once ON member (course, user);
        CREATE INDEX member_by_course ON member (course, number);

        -- Courses whose maker is known.
        CREATE TABLE course_maker (course TEXT PRIMARY KEY, user TEXT NOT NULL) WITHOUT ROWID;

        CREATE TABLE invitation (
            id TEXT PRIMARY KEY, code_hash TEXT NOT NULL UNIQUE, course TEXT NOT NULL,
            role TEXT NOT NULL CHECK (role IN ('student', 'staff')), uses_left INTEGER NOT NULL,
            made_by TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX invitation_by_course ON invitation (course, created_at);
        CREATE INDEX invitation_by_end ON invitation (expires_at);

        CREATE TABLE audit (
            number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
            course TEXT, subject TEXT NOT NULL, details TEXT NOT NULL -- JSON: one object of texts
        );
        CREATE INDEX audit_by_course ON audit (course, number);
        CREATE INDEX audit_by_age ON audit (at);
        """
}

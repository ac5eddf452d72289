import SQLite

/// The tables of `gepeto.sqlite`. Times are milliseconds since 1970.
enum ChatSchema {
    /// `gpto`, so that `file` and other programs know the file for what it is.
    static let applicationID: Int32 = 0x6770_746F

    static let migrations = [
        Migration(
            1,
            """
            CREATE TABLE conversation (
                id TEXT PRIMARY KEY, user TEXT NOT NULL, course TEXT NOT NULL, title TEXT NOT NULL,
                created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
            ) WITHOUT ROWID;
            CREATE INDEX conversation_by_use ON conversation (user, updated_at DESC, id DESC);

            CREATE TABLE message (
                ordinal INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
                conversation_id TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
                role TEXT NOT NULL CHECK (role IN ('user', 'assistant')), content TEXT NOT NULL,
                answer TEXT, -- JSON: citations, grounded, metadata; NULL for a user's message
                job_id TEXT NOT NULL, trace_id TEXT NOT NULL, created_at INTEGER NOT NULL
            );
            CREATE INDEX message_by_conversation ON message (conversation_id, ordinal);

            -- A job outlives its conversation until its terminal event is published; the question is in `message`.
            CREATE TABLE job (
                number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, user TEXT NOT NULL,
                conversation_id TEXT NOT NULL, session_id TEXT NOT NULL, message_id TEXT NOT NULL,
                trace_id TEXT NOT NULL, course TEXT NOT NULL, mode TEXT NOT NULL,
                accepted_at INTEGER NOT NULL, deadline INTEGER NOT NULL, updated_at INTEGER NOT NULL,
                state TEXT NOT NULL DEFAULT 'waiting'
                    CHECK (state IN ('waiting', 'leased', 'completed', 'failed', 'cancelled')),
                is_open INTEGER NOT NULL DEFAULT 1, -- waiting or leased
                due_at INTEGER NOT NULL, -- a leased job is due again when its lease runs out
                lease_token TEXT, attempt INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0,
                failures TEXT NOT NULL DEFAULT '', -- one closed label a failed try, separated by spaces
                terminal TEXT, published_seq INTEGER, idempotency_key TEXT, fingerprint TEXT
            );
            CREATE INDEX job_due ON job (due_at) WHERE is_open = 1;
            CREATE INDEX job_deadline ON job (deadline) WHERE is_open = 1;
            CREATE INDEX job_unpublished ON job (number) WHERE terminal IS NOT NULL AND published_seq IS NULL;
            CREATE INDEX job_by_conversation ON job (conversation_id);
            CREATE INDEX job_by_age ON job (accepted_at);
            CREATE UNIQUE INDEX job_idempotency ON job (user, idempotency_key) WHERE idempotency_key IS NOT NULL;

            CREATE TABLE dead_letter (
                job_id TEXT PRIMARY KEY REFERENCES job (id) ON DELETE CASCADE,
                code TEXT NOT NULL, cause TEXT NOT NULL, failures TEXT NOT NULL, tries INTEGER NOT NULL,
                died_at INTEGER NOT NULL
            ) WITHOUT ROWID;

            CREATE TABLE session (
                id TEXT PRIMARY KEY, user TEXT NOT NULL, created_at INTEGER NOT NULL, used_at INTEGER NOT NULL,
                last_seq INTEGER NOT NULL DEFAULT 0 -- of the last durable event
            ) WITHOUT ROWID;
            CREATE INDEX session_by_use ON session (used_at);

            CREATE TABLE event (
                session_id TEXT NOT NULL, seq INTEGER NOT NULL, job_id TEXT NOT NULL, kind TEXT NOT NULL,
                terminal INTEGER NOT NULL, frame TEXT NOT NULL, created_at INTEGER NOT NULL,
                PRIMARY KEY (session_id, seq)
            ) WITHOUT ROWID;
            CREATE INDEX event_by_age ON event (created_at);
            CREATE INDEX event_by_job ON event (job_id);
            CREATE UNIQUE INDEX event_terminal ON event (job_id) WHERE terminal = 1;
            """),
        Migration(
            2,
            """
            -- A job is a question or a document; a document's has no conversation, message and mode: they are ''.
            ALTER TABLE job ADD COLUMN kind TEXT NOT NULL DEFAULT 'question';
            ALTER TABLE job ADD COLUMN document_id TEXT;
            ALTER TABLE job ADD COLUMN document_name TEXT;
            ALTER TABLE job ADD COLUMN content_hash TEXT;
            ALTER TABLE job ADD COLUMN byte_count INTEGER;
            DROP INDEX job_due;
            CREATE INDEX job_due ON job (kind, due_at) WHERE is_open = 1;

            -- Uploads that are open or failed; a document that is ready stands in its course only.
            CREATE TABLE document (
                id TEXT PRIMARY KEY, course TEXT NOT NULL, name TEXT NOT NULL, content_hash TEXT NOT NULL,
                byte_count INTEGER NOT NULL, user TEXT NOT NULL, job_id TEXT NOT NULL,
                state TEXT NOT NULL, label TEXT, reason TEXT,
                created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
            ) WITHOUT ROWID;
            CREATE INDEX document_by_course ON document (course, name);
            CREATE INDEX document_by_hash ON document (content_hash);
            CREATE INDEX document_by_job ON document (job_id);

            CREATE TABLE course (id TEXT PRIMARY KEY, title TEXT NOT NULL) WITHOUT ROWID;
            """),
        Migration(
            3,
            """
            -- A parked question is accepted, but not yet in the line: another one of its conversation is open, or its
            -- user has as many in the line as one may have. It steps in when one of those ends.
            ALTER TABLE job ADD COLUMN parked INTEGER NOT NULL DEFAULT 0;
            -- The dead job that this one repeats.
            ALTER TABLE job ADD COLUMN redrive_of TEXT;
            DROP INDEX job_due;
            CREATE INDEX job_due ON job (kind, due_at) WHERE is_open = 1 AND parked = 0;
            CREATE INDEX job_open_by_user ON job (user, number) WHERE is_open = 1;
            """),
        Migration(
            4,
            """
            -- A user's questions in the line and those parked, each in their order; `number` ends every index.
            DROP INDEX job_open_by_user;
            CREATE INDEX job_share ON job (user, parked) WHERE is_open = 1 AND kind = 'question';
            DROP INDEX job_by_conversation;
            CREATE INDEX job_by_conversation ON job (conversation_id, is_open);
            -- For the few that were tried, and the few that have a key: no other job pays for them.
            CREATE INDEX job_tried ON job (tries) WHERE is_open = 1 AND tries > 0;
            CREATE INDEX job_key_age ON job (accepted_at) WHERE idempotency_key IS NOT NULL;

            -- Open jobs, so that no one has to count them for each that is accepted.
            CREATE TABLE backlog (kind TEXT PRIMARY KEY, open INTEGER NOT NULL) WITHOUT ROWID;
            INSERT INTO backlog SELECT column1, (SELECT count(*) FROM job WHERE is_open = 1 AND kind = column1)
                FROM (VALUES ('question'), ('document'));

            -- As what a dead job was redriven, and the list of the dead.
            CREATE INDEX job_redrive ON job (redrive_of) WHERE redrive_of IS NOT NULL;
            CREATE INDEX dead_letter_by_time ON dead_letter (died_at DESC, job_id DESC);
            """),
        Migration(
            5,
            """
            -- What the steady clock showed at the start of the machine. By it are `job.due_at`, `job.deadline`,
            -- `event.created_at` and the times of `session`; all other times are the wall clock's.
            CREATE TABLE steady_clock (
                id INTEGER PRIMARY KEY CHECK (id = 1), boot TEXT NOT NULL, origin INTEGER NOT NULL
            );
            -- A key is kept for a day from its job's deadline on.
            DROP INDEX job_key_age;
            CREATE INDEX job_key_age ON job (deadline) WHERE idempotency_key IS NOT NULL;
            -- Keys of jobs that were deleted with their conversation, until they may be used again; `deadline` is the job's.
            CREATE TABLE spent_key (
                user TEXT NOT NULL, idempotency_key TEXT NOT NULL, fingerprint TEXT NOT NULL, id TEXT NOT NULL,
                conversation_id TEXT NOT NULL, session_id TEXT NOT NULL, trace_id TEXT NOT NULL,
                accepted_at INTEGER NOT NULL, deadline INTEGER NOT NULL, PRIMARY KEY (user, idempotency_key)
            ) WITHOUT ROWID;
            CREATE INDEX spent_key_age ON spent_key (deadline);
            """),
        Migration(6, usage),
        given,
        insights,
        pseudonyms,
    ]
}

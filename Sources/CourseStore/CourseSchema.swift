import SQLite

/// The tables of a course file. `CourseStore` alone reads and writes them.
enum CourseSchema {
    /// "gpCo": what `file` and other tools see at byte 68 of the file.
    static let applicationID: Int32 = 0x6770_436f

    /// A vector of 384 floats takes 1.5 KiB: pages of 8 KiB hold five of them where 4 KiB hold two.
    static let pageSize = 8192

    /// Between the headings of a section path; no letter, so words are separated at it.
    static let sectionSeparator = "\u{1f}"

    static let migrations = [
        // `passage_index` keeps no text of its own: `indexed_text` gives it what a chunk's row means in words. Both go in
        // the fourth step.
        Migration(
            1,
            """
            CREATE TABLE model (
                only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
                name TEXT NOT NULL, revision TEXT NOT NULL, dimension INTEGER NOT NULL, pooling TEXT NOT NULL
            );
            CREATE TABLE change (
                only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
                generation INTEGER NOT NULL, removals INTEGER NOT NULL
            );
            INSERT INTO change VALUES (1, 0, 0);
            CREATE TABLE document (
                key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, path TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
                content_hash TEXT NOT NULL, byte_count INTEGER NOT NULL, media_type TEXT NOT NULL,
                language TEXT NOT NULL, page_count INTEGER, chunk_count INTEGER NOT NULL,
                character_count INTEGER NOT NULL, warnings TEXT NOT NULL, ingested_at INTEGER NOT NULL
            );
            CREATE TABLE chunk (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                document_key INTEGER NOT NULL REFERENCES document (key) ON DELETE CASCADE,
                ordinal INTEGER NOT NULL, text TEXT NOT NULL, section TEXT NOT NULL,
                first_page INTEGER, last_page INTEGER, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
                token_count INTEGER NOT NULL,
                UNIQUE (document_key, ordinal)
            );
            CREATE TABLE vector (
                chunk_id INTEGER PRIMARY KEY REFERENCES chunk (id) ON DELETE CASCADE,
                embedding BLOB NOT NULL
            );
            CREATE VIEW indexed_text AS
                SELECT chunk.id AS id, document.title AS title, chunk.section AS section, chunk.text AS text,
                    chunk.document_key AS document_key
                FROM chunk JOIN document ON document.key = chunk.document_key;
            CREATE VIRTUAL TABLE passage_index USING fts5 (
                title, section, text, content = 'indexed_text', content_rowid = 'id',
                tokenize = 'porter unicode61 remove_diacritics 2'
            );
            """),
        // Documents of older files belong to no folder that is known: the empty root stands for any.
        Migration(2, "ALTER TABLE document ADD COLUMN root TEXT NOT NULL DEFAULT ''"),
        // `report` is the JSON of a `DocumentReport`; documents of older files have none. `locations` is written by
        // `LocationText`; the chunks of older files have none, and count as standing on their first page.
        Migration(
            3,
            """
            ALTER TABLE document ADD COLUMN report TEXT NOT NULL DEFAULT '';
            ALTER TABLE document ADD COLUMN page_unit TEXT NOT NULL DEFAULT 'page';
            ALTER TABLE chunk ADD COLUMN place TEXT NOT NULL DEFAULT '';
            ALTER TABLE chunk ADD COLUMN recognised INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE chunk ADD COLUMN locations TEXT NOT NULL DEFAULT '';
            CREATE INDEX document_content_hash ON document (content_hash);
            """),
        // The index of the words, of our own since (docs/decisions/0015-own-postings.md). The tables are filled when the
        // file is opened next: SQL cannot tell a word's stem.
        Migration(
            4,
            """
            DROP TABLE passage_index;
            DROP VIEW indexed_text;
            CREATE TABLE lexical_state (
                only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
                version INTEGER NOT NULL, next_term INTEGER NOT NULL,
                english_chunks INTEGER NOT NULL, portuguese_chunks INTEGER NOT NULL, words INTEGER NOT NULL
            );
            INSERT INTO lexical_state VALUES (1, 0, 1, 0, 0, 0);
            CREATE TABLE chunk_length (block INTEGER PRIMARY KEY, changed INTEGER NOT NULL, words BLOB NOT NULL);
            CREATE TABLE term (text TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
            CREATE TABLE posting (key INTEGER PRIMARY KEY, postings BLOB NOT NULL);
            CREATE TABLE recent_segment (
                id INTEGER PRIMARY KEY, level INTEGER NOT NULL, chunks INTEGER NOT NULL,
                first INTEGER NOT NULL, last INTEGER NOT NULL
            );
            CREATE TABLE recent (
                segment INTEGER NOT NULL, term TEXT NOT NULL, postings BLOB NOT NULL, PRIMARY KEY (segment, term)
            ) WITHOUT ROWID;
            """),
        // Codes of all vectors (`CodeTable`): `runs` says which chunk each slot belongs to, `stamp` at which generation the
        // block was last written. A file that had none gets them when it is opened next.
        Migration(
            5,
            """
            CREATE TABLE code_centre (
                key INTEGER PRIMARY KEY, since INTEGER NOT NULL UNIQUE, seed INTEGER NOT NULL, mean BLOB NOT NULL,
                seen INTEGER NOT NULL, added INTEGER NOT NULL
            );
            CREATE TABLE code_block (
                first_id INTEGER PRIMARY KEY, last_id INTEGER NOT NULL, live INTEGER NOT NULL,
                centre INTEGER NOT NULL, stamp INTEGER NOT NULL, runs BLOB NOT NULL, codes BLOB NOT NULL
            );
            CREATE INDEX code_block_stamp ON code_block (stamp);
            """),
    ]
}

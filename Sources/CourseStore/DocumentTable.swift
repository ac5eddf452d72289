import FoundationEssentials
import SQLite

/// The rows of `document`.
enum DocumentTable {
    /// Documents that `condition` (SQL after FROM) chooses.
    static func rows(_ condition: String, _ arguments: [SQLValue], in connection: Connection) throws -> [Document] {
        let sql = """
            SELECT id, path, title, content_hash, byte_count, media_type, language, page_count, chunk_count,
                character_count, warnings, ingested_at, root
            FROM document \(condition)
            """
        return try connection.rows(sql, arguments) { row in
            Document(
                id: row.text(0), path: row.text(1), title: row.text(2), contentHash: row.text(3), byteCount: row.int(4),
                mediaType: row.text(5), language: row.text(6), pageCount: row.optionalInt(7), chunkCount: row.int(8),
                characterCount: row.int(9),
                warnings: (try? JSONDecoder().decode([String].self, from: Data(row.blob(10)))) ?? [],
                ingestedAt: row.timestamp(11), root: row.text(12))
        }
    }

    /// Returns the new row's key.
    static func insert(_ document: Document, in connection: Connection) throws -> Int64 {
        let warnings = String(decoding: try JSONEncoder().encode(document.warnings), as: UTF8.self)
        try connection.run(
            """
            INSERT INTO document (id, path, title, content_hash, byte_count, media_type, language, page_count,
                chunk_count, character_count, warnings, ingested_at, root)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(document.id), SQLValue(document.path), SQLValue(document.title),
                SQLValue(document.contentHash), SQLValue(document.byteCount), SQLValue(document.mediaType),
                SQLValue(document.language), SQLValue(document.pageCount), SQLValue(document.chunkCount),
                SQLValue(document.characterCount), SQLValue(warnings), SQLValue(document.ingestedAt),
                SQLValue(document.root),
            ])
        return connection.lastInsertedRowID
    }

    /// Takes a document out with its chunks, words and vectors; false when there is none.
    static func remove(id: String, in connection: Connection) throws -> Bool {
        guard
            let key = try connection.row("SELECT key FROM document WHERE id = ?", [SQLValue(id)], { $0.int64(0) })
        else { return false }
        // The index reads the old words through the rows, so it goes first; chunks and vectors follow by cascade.
        try FullTextIndex.remove(documentKey: key, in: connection)
        try connection.run("DELETE FROM document WHERE key = ?", [SQLValue(key)])
        return true
    }
}

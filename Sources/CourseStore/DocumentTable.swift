import FoundationEssentials
import SQLite
import Support

/// The rows of `document`.
enum DocumentTable {
    /// Documents that `condition` (SQL after FROM) chooses.
    static func rows(_ condition: String, _ arguments: [SQLValue], in connection: Connection) throws -> [Document] {
        let sql = """
            SELECT id, path, title, content_hash, byte_count, media_type, language, page_count, chunk_count,
                character_count, warnings, ingested_at, root, page_unit
            FROM document \(condition)
            """
        return try connection.rows(sql, arguments) { row in
            Document(
                id: row.text(0), path: row.text(1), title: row.text(2), contentHash: row.text(3), byteCount: row.int(4),
                mediaType: row.text(5), language: row.text(6), pageCount: row.optionalInt(7), chunkCount: row.int(8),
                characterCount: row.int(9),
                warnings: (try? JSONDecoder().decode([String].self, from: Data(row.blob(10)))) ?? [],
                ingestedAt: row.timestamp(11), root: row.text(12),
                pageUnit: PageUnit(rawValue: row.text(13)) ?? .page)
        }
    }

    /// Returns the new row's key.
    static func insert(_ document: Document, in connection: Connection) throws -> Int64 {
        let warnings = String(decoding: try JSONEncoder().encode(document.warnings), as: UTF8.self)
        try connection.run(
            """
            INSERT INTO document (id, path, title, content_hash, byte_count, media_type, language, page_count,
                chunk_count, character_count, warnings, ingested_at, root, page_unit)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(document.id), SQLValue(document.path), SQLValue(document.title),
                SQLValue(document.contentHash), SQLValue(document.byteCount), SQLValue(document.mediaType),
                SQLValue(document.language), SQLValue(document.pageCount), SQLValue(document.chunkCount),
                SQLValue(document.characterCount), SQLValue(warnings), SQLValue(document.ingestedAt),
                SQLValue(document.root), SQLValue(document.pageUnit.rawValue),
            ])
        return connection.lastInsertedRowID
    }

    static func id(path: String, in connection: Connection) throws -> String? {
        try connection.row("SELECT id FROM document WHERE path = ?", [SQLValue(path)], { $0.text(0) })
    }

    /// Chunks of all documents, by their own count: rows of chunks and vectors are large and many.
    static func chunkCount(in connection: Connection) throws -> Int {
        try connection.row("SELECT ifnull(sum(chunk_count), 0) FROM document", [], { $0.int(0) }) ?? 0
    }

    /// An id for a document that comes to `path`: the same for the same course and path, so that links outlive a
    /// removal, unless a document that was renamed has taken it along.
    static func freeID(for path: String, in course: CourseID, _ connection: Connection) throws -> String {
        var name = "\(course.name)\u{0}\(path)"
        while true {
            let id = String(SHA256.hex(name.utf8).prefix(32))
            let isTaken = try connection.row("SELECT 1 FROM document WHERE id = ?", [SQLValue(id)], { _ in true })
            if isTaken == nil { return id }
            name += "\u{0}"
        }
    }

    static func setReport(_ report: DocumentReport, id: String, in connection: Connection) throws {
        let json = String(decoding: try JSONEncoder().encode(report), as: UTF8.self)
        try connection.run("UPDATE document SET report = ? WHERE id = ?", [SQLValue(json), SQLValue(id)])
    }

    static func report(id: String, in connection: Connection) throws -> DocumentReport? {
        let json = try connection.row("SELECT report FROM document WHERE id = ?", [SQLValue(id)], { $0.text(0) })
        return try? JSONDecoder().decode(DocumentReport.self, from: Data((json ?? "").utf8))
    }

    /// Changes how a document is called, in its row and in the words it is found by.
    static func rename(id: String, path: String, title: String, root: String, in connection: Connection) throws {
        let key = try connection.row("SELECT key FROM document WHERE id = ?", [SQLValue(id)], { $0.int64(0) })
        guard let key else { return }
        try LexicalIndex.remove(documentKey: key, in: connection)
        try connection.run(
            "UPDATE document SET path = ?, title = ?, root = ? WHERE key = ?",
            [SQLValue(path), SQLValue(title), SQLValue(root), SQLValue(key)])
        try LexicalIndex.add(documentKey: key, in: connection)
    }

    /// Takes a document out with its chunks, words, vectors and codes; false when there is none.
    /// - Parameter layout: of the codes; nil for a course without.
    static func remove(id: String, _ layout: CodeLayout?, in connection: Connection) throws -> Bool {
        guard
            let key = try connection.row("SELECT key FROM document WHERE id = ?", [SQLValue(id)], { $0.int64(0) })
        else { return false }
        // The index reads the old words through the rows, so it goes first; chunks and vectors follow by cascade.
        try LexicalIndex.remove(documentKey: key, in: connection)
        let chunks = try ChunkTable.ids(ofDocument: key, in: connection)
        try connection.run("DELETE FROM document WHERE key = ?", [SQLValue(key)])
        if let layout { try CodeTable.remove(chunks, layout: layout, in: connection) }
        return true
    }
}

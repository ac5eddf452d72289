import SQLite

/// The rows of `chunk`.
enum ChunkTable {
    /// Chunks that `condition` (SQL after FROM) chooses.
    static func rows(_ condition: String, _ arguments: [SQLValue], in connection: Connection) throws -> [Chunk] {
        let sql = """
            SELECT chunk.id, document.id, ordinal, text, section, first_page, last_page, start, "end", token_count,
                place, recognised, locations
            FROM chunk JOIN document ON document.key = chunk.document_key \(condition)
            """
        return try connection.rows(sql, arguments) { row in
            let separator = Character(CourseSchema.sectionSeparator)
            var pages: ClosedRange<Int>?
            if let first = row.optionalInt(5), let last = row.optionalInt(6), first <= last { pages = first...last }
            let start = row.int(7)
            return Chunk(
                id: row.int64(0), documentID: row.text(1), ordinal: row.int(2), text: row.text(3),
                section: row.text(4).split(separator: separator).map(String.init), pages: pages,
                offset: start..<max(start, row.int(8)), tokenCount: row.int(9),
                place: row.text(10).isEmpty ? nil : row.text(10), recognised: row.int(11) != 0,
                locations: LocationText.read(row.text(12)))
        }
    }

    /// The ids of a document's chunks, read from an index that holds little else.
    static func ids(ofDocument key: Int64, in connection: Connection) throws -> ChunkRanges {
        ChunkRanges(
            ids: try connection.rows("SELECT id FROM chunk WHERE document_key = ?", [SQLValue(key)]) { $0.int64(0) })
    }

    /// Returns the new chunk's id.
    static func insert(
        _ chunk: NewChunk, ordinal: Int, documentKey: Int64, in connection: Connection
    ) throws -> Int64 {
        let separator = Character(CourseSchema.sectionSeparator)
        let section = chunk.section.map { $0.filter { $0 != separator } }.joined(separator: String(separator))
        try connection.run(
            """
            INSERT INTO chunk (document_key, ordinal, text, section, first_page, last_page, start, "end", token_count,
                place, recognised, locations)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(documentKey), SQLValue(ordinal), SQLValue(chunk.text), SQLValue(section),
                SQLValue(chunk.pages?.lowerBound), SQLValue(chunk.pages?.upperBound),
                SQLValue(chunk.offset.lowerBound), SQLValue(chunk.offset.upperBound), SQLValue(chunk.tokenCount),
                SQLValue(chunk.place ?? ""), SQLValue(chunk.recognised),
                SQLValue(LocationText.write(chunk.locations)),
            ])
        return connection.lastInsertedRowID
    }
}

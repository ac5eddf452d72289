import SQLite

/// For whoever reads a document piece by piece rather than searches.
extension CourseFile {
    /// A document's chunks from that position on, in their order, at most `limit`.
    package func chunks(documentID: String, from ordinal: Int, limit: Int) async throws -> [Chunk] {
        try await pool.read { connection in
            try ChunkTable.rows(
                "WHERE document.id = ? AND ordinal >= ? ORDER BY ordinal LIMIT ?",
                [SQLValue(documentID), SQLValue(ordinal), SQLValue(limit)], in: connection)
        }
    }

    /// A document's chunks of which some part is on that page, in their order, at most `limit`.
    /// - Parameter page: from 1.
    package func chunks(documentID: String, page: Int, limit: Int) async throws -> [Chunk] {
        try await pool.read { connection in
            try ChunkTable.rows(
                "WHERE document.id = ? AND ? BETWEEN first_page AND last_page ORDER BY ordinal LIMIT ?",
                [SQLValue(documentID), SQLValue(page), SQLValue(limit)], in: connection)
        }
    }
}

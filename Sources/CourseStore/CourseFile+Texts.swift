import SQLite

/// What a closer look at a chunk needs.
package struct ChunkText: Sendable, Equatable {
    package let id: Int64
    package let text: String
    /// The document's title and the headings above the text.
    package let headings: String

    package init(id: Int64, text: String, headings: String) {
        self.id = id
        self.text = text
        self.headings = headings
    }
}

extension CourseFile {
    /// The texts of chunks in the order of `ids`; those that are gone are left out.
    package func texts(ids: [Int64]) async throws -> [ChunkText] {
        try await pool.read { connection in
            try ids.compactMap { id in
                try connection.row(
                    """
                    SELECT text, title, section FROM chunk JOIN document ON document.key = chunk.document_key
                    WHERE chunk.id = ?
                    """, [SQLValue(id)]
                ) { ChunkText(id: id, text: $0.text(0), headings: "\($0.text(1))\n\($0.text(2))") }
            }
        }
    }

    /// How many UTF-8 bytes of its text a word piece of a chunk has in the mean: how well the embedding model's
    /// vocabulary knows the text. Chunks that are gone, or whose word pieces are not known, are left out.
    package func bytesPerPiece(ids: [Int64]) async throws -> [Int64: Double] {
        try await pool.read { connection in
            var lengths: [Int64: Double] = [:]
            for id in ids {
                try connection.row(
                    "SELECT \"end\" - start, token_count FROM chunk WHERE id = ? AND token_count > 0", [SQLValue(id)]
                ) { lengths[id] = Double($0.int(0)) / Double($0.int(1)) }
            }
            return lengths
        }
    }
}

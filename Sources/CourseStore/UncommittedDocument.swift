import SQLite

/// A document as it has just been written, inside the transaction that is to bring it into the course.
///
/// Valid only within the closure that receives it.
package struct UncommittedDocument {
    private let id: String
    private let connection: Connection

    init(id: String, connection: Connection) {
        self.id = id
        self.connection = connection
    }

    /// The document's row, nil when it is not there.
    package func document() throws -> Document? {
        try DocumentTable.rows("WHERE id = ?", [SQLValue(id)], in: connection).first
    }

    /// The chunk at a position within the document, nil when it is not there.
    package func chunk(_ ordinal: Int) throws -> Chunk? {
        try ChunkTable.rows(
            "WHERE document.id = ? AND ordinal = ?", [SQLValue(id), SQLValue(ordinal)], in: connection
        ).first
    }

    /// The cosine of `vector` with the chunk's own; nil when it has none of that length.
    package func similarity(_ vector: [Float], chunkID: Int64) throws -> Float? {
        try VectorTable.scores(vector, ids: [chunkID], in: connection)[chunkID]
    }

    /// Whether a search for the words of `text` brings the chunk.
    package func isFound(_ chunkID: Int64, byWordsOf text: String) throws -> Bool {
        try LexicalQuery(text).terms.contains { term in
            try FullTextIndex.contains(term, chunkID: chunkID, in: connection)
        }
    }
}

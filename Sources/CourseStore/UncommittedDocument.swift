import SQLite
import Support

/// A document as it has just been written, inside the transaction that is to bring it into the course.
///
/// Valid only within the closure that receives it.
package struct UncommittedDocument {
    /// As many hits as a search looks at.
    private static let searchDepth = 100

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

    /// Whether another document, not one of `ids`, has the same content.
    package func hasTwin(besides ids: Set<String>) throws -> Bool {
        try connection.rows(
            "SELECT id FROM document WHERE id <> ?1 AND content_hash = (SELECT content_hash FROM document WHERE id = ?1)",
            [SQLValue(id)], { $0.text(0) }
        ).contains { !ids.contains($0) }
    }

    /// Stores the report with the document.
    package func keep(_ report: DocumentReport) throws {
        try DocumentTable.setReport(report, id: id, in: connection)
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

    /// Whether no chunk of the course is nearer to `vector` than the document's chunk at a position; others may be as
    /// near.
    package func isNearest(to vector: [Float], _ ordinal: Int) throws -> Bool {
        guard let chunk = try chunk(ordinal), let own = try similarity(vector, chunkID: chunk.id),
            let best = try VectorSearch(vector, limit: 1, chosen: nil, cache: .none(dimension: vector.count))
                .best(in: connection).first
        else { return false }
        return best.score <= own + 0.001
    }

    /// Whether a search for `word` looks at the document's chunk at a position, however well others match.
    package func holds(_ word: String, inChunk ordinal: Int) throws -> Bool {
        guard let chunk = try chunk(ordinal) else { return false }
        return try search(word).occurrences(in: [chunk.id]).contains { !$0.chunkIDs.isEmpty }
    }

    /// Whether a search for the words of `text`, a sentence of the document's chunk at a position, brings that chunk or
    /// another that holds the sentence.
    package func isFound(_ text: String, inChunk ordinal: Int) throws -> Bool {
        guard let chunk = try chunk(ordinal) else { return false }
        let hits = try search(text).hits(limit: Self.searchDepth, scoring: [chunk.id])
        guard let own = hits.scores[chunk.id] else { return false }
        if hits.best.contains(where: { $0.id == chunk.id || $0.score <= own }) { return true }
        // A course may hold the same sentence many times, in handouts that differ elsewhere.
        return try hits.best.contains { hit in
            try ChunkTable.rows("WHERE chunk.id = ?", [SQLValue(hit.id)], in: connection)
                .contains { $0.text.contains(text) }
        }
    }

    /// Nothing that a question keeps for the next one is used here: what is read may never be committed.
    private func search(_ text: String) throws -> LexicalSearch {
        try LexicalSearch(QuestionWords(text).words, nil, in: connection)
    }
}

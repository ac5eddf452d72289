import SQLite

/// The FTS5 table over title, section path and text of every chunk.
enum FullTextIndex {
    /// BM25 weights of title, section and text. The title's was chosen on scifact's training claims.
    private static let ranking = "bm25(2.0, 1.0, 1.0)"

    static func add(documentKey: Int64, in connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO passage_index (rowid, title, section, text)
            SELECT id, title, section, text FROM indexed_text WHERE document_key = ?
            """, [SQLValue(documentKey)])
    }

    /// An FTS5 table that keeps no text must be told the old words to forget them.
    static func remove(documentKey: Int64, in connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO passage_index (passage_index, rowid, title, section, text)
            SELECT 'delete', id, title, section, text FROM indexed_text WHERE document_key = ?
            """, [SQLValue(documentKey)])
    }

    /// The best chunks for the words, best first, and the scores of those of `ids` that hold a word.
    ///
    /// One pass over all that match: SQLite would weigh the words anew for each row asked alone, and its own sorter
    /// (`ORDER BY rank LIMIT`) measured slower than the heap here.
    static func best(
        _ query: LexicalQuery, limit: Int, scoring ids: Set<Int64> = [], in connection: Connection
    ) throws -> LexicalHits {
        guard let expression = query.expression else { return LexicalHits(best: [], scores: [:]) }
        var best = BestScores(limit: limit)
        var scores: [Int64: Float] = [:]
        try connection.forEach(
            "SELECT rowid, rank FROM passage_index WHERE passage_index MATCH ? AND rank MATCH ?",
            [SQLValue(expression), SQLValue(ranking)]
        ) { row in
            let chunk = ScoredChunk(id: row.int64(0), score: Float(-row.double(1)))
            best.insert(chunk)
            if ids.contains(chunk.id) { scores[chunk.id] = chunk.score }
            return true
        }
        return LexicalHits(best: best.sorted(), scores: scores)
    }

    /// How many chunks hold `term`.
    static func frequency(of term: String, in connection: Connection) throws -> Int {
        try connection.row(
            "SELECT count(*) FROM passage_index WHERE passage_index MATCH ?", [SQLValue(LexicalQuery.quoted(term))],
            { $0.int(0) }) ?? 0
    }

    /// Whether the chunk holds `term`.
    static func contains(_ term: String, chunkID: Int64, in connection: Connection) throws -> Bool {
        try connection.row(
            "SELECT 1 FROM passage_index WHERE passage_index MATCH ? AND rowid = ?",
            [SQLValue(LexicalQuery.quoted(term)), SQLValue(chunkID)], { _ in true }) ?? false
    }
}

import SQLite
import Support

/// What is found by words, and what else is known of the question's words.
package struct LexicalHits: Sendable {
    /// Best first.
    package let best: [ScoredChunk]
    /// BM25 of the chunks that were to be scored too; those without any of the words are left out.
    package let scores: [Int64: Float]
}

/// One word of a question and where it occurs.
package struct TermOccurrence: Sendable, Hashable {
    package let term: String
    /// Chunks of the course that hold it.
    package let frequency: Int
    /// Those of the chunks asked about that hold it.
    package let chunkIDs: Set<Int64>
}

extension CourseFile {
    /// The chunks nearest to `query`, best first: an exact scan of all vectors.
    /// - Parameter query: a unit vector of the course's space.
    package func vectorSearch(_ query: [Float], limit: Int) async throws -> [ScoredChunk] {
        try check(query)
        let vectors = vectors
        return try await pool.read { connection in
            if let matrix = try vectors.current(in: connection) { return matrix.best(query, limit: limit) }
            return try VectorTable.best(query, limit: limit, in: connection)
        }
    }

    /// The cosines of chosen chunks; those that are gone are left out.
    package func similarities(_ query: [Float], ids: [Int64]) async throws -> [Int64: Float] {
        try check(query)
        return try await pool.read { try VectorTable.scores(query, ids: ids, in: $0) }
    }

    /// The best chunks by BM25 over title, section and text. `query` is free text: nothing in it is syntax, stop words
    /// are left out, and at most 64 different words are searched. Empty when it holds no word.
    package func lexicalSearch(_ query: String, limit: Int) async throws -> [ScoredChunk] {
        try await lexicalSearch(query, limit: limit, scoring: []).best
    }

    /// `lexicalSearch` and `lexicalScores` of one moment.
    package func lexicalSearch(_ query: String, limit: Int, scoring ids: [Int64]) async throws -> LexicalHits {
        let words = QuestionWords(query).words
        return try await pool.read { [lexical] connection in
            try LexicalSearch(words, try lexical.current(in: connection), in: connection)
                .hits(limit: limit, scoring: Set(ids))
        }
    }

    /// BM25 of chosen chunks, 0 where none of the words occurs.
    package func lexicalScores(_ query: String, ids: [Int64]) async throws -> [Int64: Float] {
        let hits = try await lexicalSearch(query, limit: 0, scoring: ids)
        return Dictionary(uniqueKeysWithValues: Set(ids).map { ($0, hits.scores[$0] ?? 0) })
    }

    /// How often each of the first words of `query` occurs in the course, and which of `ids` hold it.
    /// - Parameter limit: the most words.
    package func occurrences(
        _ query: String, in ids: [Int64], limit: Int = 24
    ) async throws -> [TermOccurrence] {
        // A name's parts are words of the question too: as a whole it would be missed where it is spelt otherwise.
        let words = QuestionWords(query).words.filter { !$0.isName }.prefix(limit)
        return try await pool.read { [lexical] connection in
            try LexicalSearch(words, try lexical.current(in: connection), in: connection).occurrences(in: ids)
        }
    }

    private func check(_ query: [Float]) throws {
        guard query.count == space.dimension else {
            throw CourseStoreError.wrongVectorCount(expected: space.dimension, found: query.count)
        }
        guard query.allSatisfy(\.isFinite) else { throw CourseStoreError.vectorNotFinite }
    }
}

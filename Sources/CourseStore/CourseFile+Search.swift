import SQLite
import Support

/// What is found by words, and what else is known of the question's words.
package struct LexicalHits: Sendable {
    /// Best first.
    package let best: [ScoredChunk]
    /// BM25 of the chunks that were to be scored too; those without any of the words are left out.
    package let scores: [Int64: Float]
}

/// What both searches find in one snapshot of a course.
package struct HybridHits: Sendable {
    /// By vector, best first.
    package let nearest: [ScoredChunk]
    /// By words; its scores are those of `nearest`.
    package let lexical: LexicalHits
    /// Cosines of the chunks that only the words have found.
    package let similarities: [Int64: Float]
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
    /// The chunks nearest to `query`, best first, with their exact cosines. In a course of more than some hundred chunks one
    /// that belongs there may be missed: docs/decisions/0016-vector-codes.md says how rarely.
    /// - Parameters:
    ///   - query: a unit vector of the course's space.
    ///   - chosen: the chunks to choose among; nil for all.
    package func vectorSearch(
        _ query: [Float], limit: Int, among chosen: ChunkRanges? = nil
    ) async throws -> [ScoredChunk] {
        try check(query)
        defer { makeListsIfLacking() }
        let search = VectorSearch(query, limit: limit, chosen: chosen, cache: codes)
        return try await pool.read { try search.best(in: $0) }
    }

    /// The chunks nearest to `query` that are of no document of `hidden`.
    package func vectorSearch(_ query: [Float], limit: Int, without hidden: Set<String>) async throws -> [ScoredChunk] {
        guard !hidden.isEmpty else { return try await vectorSearch(query, limit: limit) }
        try check(query)
        defer { makeListsIfLacking() }
        let index = index(without: hidden)
        return try await pool.read { [codes] connection in
            let chosen = try index.current(in: connection).chosen
            return try VectorSearch(query, limit: limit, chosen: chosen, cache: codes).best(in: connection)
        }
    }

    /// The chunks of documents, to search among; ids that are none are left out.
    package func chunkRanges(ofDocuments ids: [String]) async throws -> ChunkRanges {
        try await pool.read { connection in
            ChunkRanges(
                try ids.flatMap { id in
                    try connection.row("SELECT key FROM document WHERE id = ?", [SQLValue(id)], { $0.int64(0) })
                        .map { try ChunkTable.ids(ofDocument: $0, in: connection).ranges } ?? []
                })
        }
    }

    /// Both searches, and both scores for all that either finds, as of one moment.
    /// - Parameter hidden: documents that count as if they were not in the course: not by a rank, a score or a corrected
    ///   word does anything found tell of them. The same for every search that has this parameter.
    package func hybridSearch(
        _ vector: [Float], words: String, limit: Int, without hidden: Set<String> = []
    ) async throws -> HybridHits {
        try check(vector)
        defer { makeListsIfLacking() }
        let index = index(without: hidden)
        let words = QuestionWords(words).words
        return try await pool.read { [codes] connection in
            let chosen = try index.current(in: connection).chosen
            let search = VectorSearch(vector, limit: limit, chosen: chosen, cache: codes)
            let nearest = try search.best(in: connection)
            let known = Set(nearest.map(\.id))
            let hits = try LexicalSearch(words, correcting: true, index, in: connection)
                .hits(limit: limit, scoring: known)
            let others = hits.best.map(\.id).filter { !known.contains($0) }
            return HybridHits(
                nearest: nearest, lexical: hits,
                similarities: try VectorTable.scores(vector, ids: others, in: connection))
        }
    }

    /// The cosines of chosen chunks; those that are gone are left out.
    package func similarities(_ query: [Float], ids: [Int64]) async throws -> [Int64: Float] {
        try check(query)
        return try await pool.read { try VectorTable.scores(query, ids: ids, in: $0) }
    }

    /// The best chunks by BM25 over title, section and text. `query` is free text: nothing in it is syntax, stop words
    /// are left out, and at most 64 different words are searched; a word that is nowhere in the course stands, for less,
    /// for the one that it may have been meant to be. Empty when it holds no word.
    package func lexicalSearch(
        _ query: String, limit: Int, without hidden: Set<String> = []
    ) async throws -> [ScoredChunk] {
        try await lexicalSearch(query, limit: limit, scoring: [], without: hidden).best
    }

    /// `lexicalSearch` and `lexicalScores` of one moment.
    package func lexicalSearch(
        _ query: String, limit: Int, scoring ids: [Int64], without hidden: Set<String> = []
    ) async throws -> LexicalHits {
        let words = QuestionWords(query).words
        let index = index(without: hidden)
        return try await pool.read { connection in
            try LexicalSearch(words, correcting: true, index, in: connection)
                .hits(limit: limit, scoring: Set(ids))
        }
    }

    /// BM25 of chosen chunks, 0 where none of the words occurs.
    package func lexicalScores(
        _ query: String, ids: [Int64], without hidden: Set<String> = []
    ) async throws -> [Int64: Float] {
        let hits = try await lexicalSearch(query, limit: 0, scoring: ids, without: hidden)
        return Dictionary(uniqueKeysWithValues: Set(ids).map { ($0, hits.scores[$0] ?? 0) })
    }

    /// How often each of the first words of `query` occurs in the course, and which of `ids` hold it.
    /// - Parameter limit: the most words.
    package func occurrences(
        _ query: String, in ids: [Int64], limit: Int = 24, without hidden: Set<String> = []
    ) async throws -> [TermOccurrence] {
        // A name's parts are words of the question too: as a whole it would be missed where it is spelt otherwise.
        let words = QuestionWords(query).words.filter { !$0.isName }.prefix(limit)
        let index = index(without: hidden)
        return try await pool.read { connection in
            try LexicalSearch(words, index, in: connection).occurrences(in: ids)
        }
    }

    private func check(_ query: [Float]) throws {
        guard query.count == space.dimension else {
            throw CourseStoreError.wrongVectorCount(expected: space.dimension, found: query.count)
        }
        guard query.allSatisfy(\.isFinite) else { throw CourseStoreError.vectorNotFinite }
    }
}

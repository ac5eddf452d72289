import CourseStore
import Embedding
import Support

/// Finds the passages of a course that answer a question.
package struct Retriever: Sendable {
    /// Chunks that each search contributes before fusion.
    static let depth = 100

    package let course: CourseFile
    package let embedder: any Embedder
    let fusion: Fusion
    let reranker: Reranker?
    let calibration: EvidenceCalibration
    /// Documents that count as if they were not in the course.
    private(set) var hidden: Set<String> = []

    /// - Parameter calibration: of evidence; the one shipped for the embedder's model when nil.
    package init(course: CourseFile, embedder: any Embedder, calibration: EvidenceCalibration? = nil) {
        self.init(
            course: course, embedder: embedder, fusion: .standard, reranker: .standard, calibration: calibration)
    }

    /// - Parameter reranker: nil to leave the fused order of a hybrid search as it is.
    package init(
        course: CourseFile, embedder: any Embedder, fusion: Fusion, reranker: Reranker?,
        calibration: EvidenceCalibration? = nil
    ) {
        self.calibration = calibration ?? .standard(for: embedder.space)
        self.course = course
        self.embedder = embedder
        self.fusion = fusion
        self.reranker = reranker
    }

    /// The same of the course without `documents`: nothing that is found, no score and no rank tells of them.
    package func without(_ documents: Set<String>) -> Retriever {
        var veiled = self
        veiled.hidden = documents
        return veiled
    }

    /// The best passages for `query`, best first, at most `limit`; none for a blank query or an empty course.
    /// - Throws: `CancellationError` and what the course file and the embedder throw.
    package func search(
        _ query: String, limit: Int = 8, mode: SearchMode = .hybrid
    ) async throws -> RetrievalResult {
        try await search(RetrievalQuery(query), limit: limit, mode: mode)
    }

    /// The same for a query that leans on other texts.
    package func search(
        _ query: RetrievalQuery, limit: Int = 8, mode: SearchMode = .hybrid
    ) async throws -> RetrievalResult {
        let (ranked, look) = try await ranked(query, limit: Self.depth, mode: mode)
        guard limit > 0, !ranked.isEmpty else { return RetrievalResult(passages: [], evidence: .none) }
        var builder = PassageBuilder(limit: limit)
        // Few candidates at a time: most questions need no more than the first of them.
        var next = ranked[...]
        while !next.isEmpty, !builder.isFull {
            let batch = next.prefix(2 * limit)
            next = next.dropFirst(batch.count)
            let chunks = try await course.chunks(ids: batch.map(\.id))
            let byID = Dictionary(uniqueKeysWithValues: chunks.map { ($0.id, $0) })
            for ranked in batch {
                // A chunk may be gone since it was found: another process may have replaced its document.
                // Never one that is hidden, whatever was done to the course between two looks at it.
                if let chunk = byID[ranked.id], !hidden.contains(chunk.documentID) { builder.add(chunk, ranked) }
            }
        }
        let passages = try await passages(of: builder)
        return RetrievalResult(
            passages: passages, evidence: try await evidence(for: query, ranked: ranked, mode: mode, look))
    }

    /// The texts of some documents that are nearest to `query`, by their vectors, best first.
    package func texts(nearest query: String, in documents: Set<String>, limit: Int) async throws -> [String] {
        let chosen = try await course.chunkRanges(ofDocuments: documents.sorted())
        guard chosen.count > 0 else { return [] }
        let vector = try await embedder.embed(query: query)
        let found = try await course.vectorSearch(vector, limit: limit, among: chosen)
        return try await course.texts(ids: found.map(\.id)).map(\.text)
    }

    /// The best chunks, best first, neither joined nor freed of duplicates. A hybrid search looks at the best hundred of
    /// each search, whatever `limit` is.
    package func rank(_ query: String, limit: Int, mode: SearchMode) async throws -> [RankedChunk] {
        try await rank(RetrievalQuery(query), limit: limit, mode: mode)
    }

    /// The same for a query that leans on other texts. A search by words alone does not weigh them.
    package func rank(_ query: RetrievalQuery, limit: Int, mode: SearchMode) async throws -> [RankedChunk] {
        try await ranked(query, limit: limit, mode: mode).chunks
    }

    /// What a closer look has read.
    struct Look {
        /// Of the best fifty candidates.
        let texts: [ChunkText]
        /// The words of the whole query.
        let asked: AskedWords
    }

    /// The best chunks, with what was read to order them: nil where nothing was looked at closely.
    private func ranked(
        _ query: RetrievalQuery, limit: Int, mode: SearchMode
    ) async throws -> (chunks: [RankedChunk], look: Look?) {
        guard !query.isBlank else { return ([], nil) }
        switch mode {
        case .lexical:
            let found = try await course.lexicalSearch(query.whole, limit: limit, without: hidden).map {
                RankedChunk(id: $0.id, score: Double($0.score), similarity: nil, lexicalScore: Double($0.score))
            }
            return (found, nil)
        case .vector:
            let vector = try await vector(of: query)
            let found = try await course.vectorSearch(vector, limit: limit, without: hidden).map {
                RankedChunk(id: $0.id, score: Double($0.score), similarity: Double($0.score), lexicalScore: nil)
            }
            return (found, nil)
        case .hybrid:
            let fused = try await fused(query)
            guard let reranker else {
                return (fused.prefix(limit).map { RankedChunk($0.candidate, score: $0.score) }, nil)
            }
            let look = try await look(at: fused.map(\.candidate), query)
            return (Array(reranker.ranked(fused, texts: look.texts, look.asked).prefix(limit)), look)
        }
    }

    private func look(at fused: [Candidate], _ query: RetrievalQuery) async throws -> Look {
        Look(
            texts: try await course.texts(ids: fused.prefix(Reranker.depth).map(\.id)),
            asked: try await asked(query.whole))
    }

    /// What the closer look sees of the best candidates of a hybrid search, in the fused order.
    func looks(_ query: String) async throws -> [CloserLook] {
        let query = RetrievalQuery(query)
        let fused = try await fused(query).map(\.candidate)
        let look = try await look(at: fused, query)
        return Reranker.looks(at: fused, texts: look.texts, look.asked)
    }

    /// The candidates of both searches, best first.
    private func fused(_ query: RetrievalQuery) async throws -> [(candidate: Candidate, score: Double)] {
        let candidates = try await candidates(for: query, depth: Self.depth)
        return zip(candidates, fusion.scores(of: candidates))
            .map { (candidate: $0, score: $1) }
            .sorted { $0.score == $1.score ? $0.candidate.id < $1.candidate.id : $0.score > $1.score }
    }

    /// The question's words with what they weigh in this course.
    func asked(_ query: String) async throws -> AskedWords {
        let occurrences = try await course.occurrences(query, in: [], limit: QuestionWords.limit, without: hidden)
        let frequencies = Dictionary(occurrences.map { ($0.term, $0.frequency) }, uniquingKeysWith: max)
        return AskedWords(QuestionWords(query), chunks: try await course.chunkCount(without: hidden)) {
            frequencies[$0] ?? 0
        }
    }

    /// What either search finds, with both scores for all of it.
    private func candidates(for query: RetrievalQuery, depth: Int) async throws -> [Candidate] {
        let vector = try await vector(of: query)
        let hits = try await course.hybridSearch(vector, words: query.text, limit: depth, without: hidden)
        var candidates = try await joined(Candidate.all(in: hits), query, vector, depth: depth)
        let lengths = try await course.bytesPerPiece(ids: candidates.map(\.id))
        for index in candidates.indices {
            if let length = lengths[candidates[index].id] {
                candidates[index].familiarity = Familiarity(bytesPerPiece: length)
            }
        }
        return candidates
    }

    private func passages(of builder: PassageBuilder) async throws -> [Passage] {
        var documents: [String: Document] = [:]
        var passages: [Passage] = []
        for group in builder.groups {
            if documents[group.documentID] == nil {
                documents[group.documentID] = try await course.document(id: group.documentID)
            }
            if let document = documents[group.documentID] { passages.append(group.passage(of: document)) }
        }
        return passages
    }
}

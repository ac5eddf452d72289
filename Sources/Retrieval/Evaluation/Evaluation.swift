import CourseStore
import Embedding
import Support

/// Measures retrieval on a set in BEIR form: corpus.jsonl, queries.jsonl, qrels.tsv.
///
/// Every document of the corpus becomes a document of a course file, found by the same searches that students use. A
/// document is ranked by its best chunk.
package struct Evaluation: Sendable {
    /// A piece of a document, and the text of which its vector is made.
    package struct Piece: Sendable {
        package let chunk: NewChunk
        package let vectorText: String

        package init(chunk: NewChunk, vectorText: String) {
            self.chunk = chunk
            self.vectorText = vectorText
        }
    }

    /// Documents that are read, embedded and stored together.
    private static let batch = 64
    /// Chunks ranked for a query, so that a hundred documents are among them.
    private static let depth = 300

    private let corpus: String
    private let queries: String
    private let judgements: String

    /// Paths of the three files.
    package init(corpus: String, queries: String, judgements: String) {
        self.corpus = corpus
        self.queries = queries
        self.judgements = judgements
    }

    /// The whole document as one piece. What is longer than the model's window is cut off by the embedder.
    package static func whole(_ document: EvaluationDocument) -> [Piece] {
        let chunk = NewChunk(
            text: document.text, section: [], pages: nil, offset: 0..<document.text.utf8.count, tokenCount: 0)
        let text = document.title.isEmpty ? document.text : "\(document.title)\n\(document.text)"
        return [Piece(chunk: chunk, vectorText: text)]
    }

    /// Reads the queries and the judgements, so that a mistake in these small files shows before the corpus is indexed.
    /// - Throws: `EvaluationError`, also for a corpus that cannot be opened.
    package func check() async throws {
        _ = try LineReader(file: corpus)
        _ = try await judgedSet()
    }

    func judgedSet() async throws -> JudgedSet {
        try await JudgedSet(queries: queries, judgements: judgements)
    }

    /// Puts the corpus into `course`, where documents that are there unchanged are left as they are.
    ///
    /// - Parameters:
    ///   - cut: how a document becomes chunks.
    ///   - progress: called after every few documents.
    /// - Throws: `EvaluationError` on a bad line; what was stored before stays.
    package func index(
        into course: CourseFile, embedder: any Embedder,
        cut: @Sendable (EvaluationDocument) throws -> [Piece] = Evaluation.whole,
        progress: @Sendable (EvaluationProgress) -> Void = { _ in }
    ) async throws {
        let stored = Dictionary(uniqueKeysWithValues: try await course.documents().map { ($0.path, $0.contentHash) })
        let reader = try LineReader(file: corpus)
        var seen: Set<String> = []
        while case let lines = try await reader.next(Self.batch), !lines.isEmpty {
            try Task.checkCancellation()
            var new: [(document: EvaluationDocument, hash: String, pieces: [Piece])] = []
            for line in lines {
                let document = try JudgedSet.decode(EvaluationDocument.self, line, of: corpus)
                guard seen.insert(document.id).inserted else {
                    throw EvaluationError.badLine(file: corpus, line: line.number, reason: "its _id came before")
                }
                let hash = SHA256.hex("\(document.title)\u{0}\(document.text)".utf8)
                if stored[document.id] != hash { new.append((document, hash, try cut(document))) }
            }
            let vectors = try await embedder.embed(new.flatMap { $0.pieces.map(\.vectorText) })
            var next = 0
            for (document, hash, pieces) in new {
                let end = next + pieces.count * course.space.dimension
                guard end <= vectors.count else {
                    throw CourseStoreError.wrongVectorCount(expected: end, found: vectors.count)
                }
                try await course.replace(
                    NewDocument(
                        path: document.id, title: document.title, contentHash: hash,
                        byteCount: document.text.utf8.count,
                        mediaType: "text/plain", language: "", pageCount: nil, characterCount: document.text.count,
                        warnings: []),
                    chunks: pieces.map(\.chunk), vectors: Array(vectors[next..<end]))
                next = end
            }
            let fraction = min(1, Double(await reader.position) / Double(reader.size))
            progress(EvaluationProgress(phase: .indexing, done: seen.count, fraction: fraction))
        }
    }

    /// Asks every judged query and measures the rankings.
    /// - Throws: `EvaluationError`, also when no relevant document is in the course.
    package func run(
        on course: CourseFile, embedder: any Embedder, mode: SearchMode, fusion: Fusion = .standard,
        reranker: Reranker? = .standard,
        progress: @Sendable (EvaluationProgress) -> Void = { _ in }
    ) async throws -> EvaluationResult {
        let judged = try await judgedSet()
        let paths = Dictionary(uniqueKeysWithValues: try await course.documents().map { ($0.id, $0.path) })
        let indexed = Set(paths.values)
        let relevant = judged.queries.lazy.flatMap { (judged.relevance[$0.id] ?? [:]).keys }
        guard relevant.contains(where: { indexed.contains($0) }) else {
            throw EvaluationError.noJudgedDocument(corpus: corpus, judgements: judgements)
        }
        let retriever = Retriever(course: course, embedder: embedder, fusion: fusion, reranker: reranker)
        let time = SystemTime()
        let start = time.elapsed
        var metrics: [RankingMetrics] = []
        var latencies: [Double] = []
        var missing: Set<String> = []
        for query in judged.queries {
            try Task.checkCancellation()
            let asked = time.elapsed
            let ranked = try await retriever.rank(query.text, limit: Self.depth, mode: mode)
            latencies.append((time.elapsed - asked).inSeconds * 1000)
            let relevance = judged.relevance[query.id] ?? [:]
            missing.formUnion(relevance.keys.filter { !indexed.contains($0) })
            let ranking = try await documents(of: ranked, in: course, paths: paths)
            metrics.append(RankingMetrics(ranking: ranking, relevance: relevance))
            let fraction = Double(metrics.count) / Double(judged.queries.count)
            progress(EvaluationProgress(phase: .querying, done: metrics.count, fraction: fraction))
        }
        let counts = try await course.counts()
        latencies.sort()
        func mean(_ value: (RankingMetrics) -> Double) -> Double {
            metrics.reduce(0) { $0 + value($1) } / Double(metrics.count)
        }
        return EvaluationResult(
            mode: mode, isReranked: mode == .hybrid && reranker != nil, documents: counts.documents,
            chunks: counts.chunks, queries: metrics.count,
            missingDocuments: missing.count, nDCGAt10: mean(\.nDCGAt10), recallAt5: mean(\.recallAt5),
            recallAt10: mean(\.recallAt10), recallAt100: mean(\.recallAt100),
            meanReciprocalRankAt10: mean(\.reciprocalRankAt10), latencyP50: latencies[latencies.count / 2],
            latencyP95: latencies[latencies.count * 95 / 100], seconds: (time.elapsed - start).inSeconds)
    }

    /// The corpus ids of the ranked chunks' documents, each at the place of its best chunk.
    private func documents(
        of ranked: [RankedChunk], in course: CourseFile, paths: [String: String]
    ) async throws -> [String] {
        var seen: Set<String> = []
        return try await course.documentIDs(ofChunks: ranked.map(\.id)).compactMap { id in
            guard let path = paths[id], seen.insert(id).inserted else { return nil }
            return path
        }
    }
}

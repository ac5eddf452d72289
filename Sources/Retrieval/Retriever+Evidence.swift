import CourseStore
import Support

extension Retriever {
    /// The best chunks, in whose sentences the question's words are looked for.
    private static let evidenceChunks = 5

    /// How well the best of `ranked` seem to answer the question.
    /// - Parameter look: what ordering `ranked` has read.
    func evidence(
        for query: RetrievalQuery, ranked: [RankedChunk], mode: SearchMode, _ look: Look?
    ) async throws -> Evidence {
        let signals = try await signals(for: query, ranked: ranked, mode: mode, look)
        return Evidence(
            score: calibration.score(of: signals), threshold: calibration.threshold(for: signals), signals: signals)
    }

    private func signals(
        for query: RetrievalQuery, ranked: [RankedChunk], mode: SearchMode, _ look: Look?
    ) async throws -> EvidenceSignals {
        var signals = EvidenceSignals()
        signals.topSimilarity = ranked.reduce(0) { max($0, $1.similarity ?? 0) }
        signals.topLexical = ranked.reduce(0) { max($0, $1.lexicalScore ?? 0) }
        guard let best = ranked.first else { return signals }
        // Forms order the candidates of a strange language; the calibration was fitted without them.
        if mode == .hybrid { signals.agreement = best.score - best.forms }
        if let length = try await course.bytesPerPiece(ids: [best.id])[best.id] {
            signals.familiarity = Familiarity(bytesPerPiece: length).value
        }
        let asked =
            if let look, query.judged == query.whole { look.asked } else { try await asked(query.judged) }
        // BM25 gives a word that stands once in a passage of mean length its inverse document frequency.
        if asked.weight > 0 { signals.lexical = signals.topLexical / asked.weight }
        let texts = try await texts(of: ranked.prefix(Self.evidenceChunks).map(\.id), look)
        var matchers = WordMatchers(asked)
        for (index, text) in texts.enumerated() {
            let sentences = SentenceMatch(text, asked, &matchers)
            signals.sentences = max(signals.sentences, sentences.pair)
            guard index == 0 else { continue }
            let whole = MatchSignals(text, asked, &matchers)
            signals.coverage = whole.coverage + whole.akin
            signals.namesMissing = sentences.namesMissing
            let language = LanguageGuess.of(query.judged).flatMap(TextLanguage.init(code:))
            signals.isForeign = language != nil && language != sentences.language
        }
        return signals
    }

    /// In the order of `ids`.
    private func texts(of ids: [Int64], _ look: Look?) async throws -> [ChunkText] {
        guard let look else { return try await course.texts(ids: ids) }
        return ids.compactMap { id in look.texts.first { $0.id == id } }
    }
}

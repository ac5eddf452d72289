import Support

/// Turns the markers of a finished answer into citations and says of each sentence whether what it cites carries it.
///
/// A sentence is laid beside each passage it cites: numbers, units and formulas must stand there as they are, names too,
/// what one denies the other must deny, no word may stand where the passage has its opposite, and one to three
/// neighbouring sentences of the passage must hold most of its words. Where the words leave it open, the vectors of the
/// sentences have a say, and between two languages only they. A sentence that another offered passage carries clearly
/// better cites the wrong one. Why, and how well: docs/decisions/0019-citation-verdicts.md.
package struct CitationCheck: Sendable {
    /// Texts to unit vectors, one after another.
    package typealias Embed = @Sendable ([String]) async throws -> [Float]

    /// What the check made of an answer.
    package struct Result: Sendable {
        /// In order of first appearance, one for each marker number.
        package var citations: [Citation]
        /// The sentences that state something, in their order.
        package var claims: [AnswerClaim]
    }

    private let embed: Embed?

    /// - Parameter embed: nil to check by words only.
    package init(embed: Embed?) { self.embed = embed }

    /// Checks `content`.
    /// - Parameters:
    ///   - markers: where they stand, as `MarkerFilter` let them through.
    ///   - sources: those the prompt carried.
    ///   - question: its names may stand in a sentence although the passage says `he`.
    ///   - scores: rank scores by marker.
    ///   - located: a source as it is for a part (UTF-8 bytes) of its passage: a quote has its own page and place.
    /// - Throws: `CancellationError`. An embedder that fails leaves the words.
    package func check(
        _ content: String, markers: [MarkerFilter.Marker], sources: [Source], question: String = "",
        scores: [Int: Double], located: (Source, Range<Int>) -> Source = { source, _ in source }
    ) async throws -> Result {
        let sentences = AnswerSentence.sentences(of: content, markers: markers)
        var judge = ClaimJudge(sources: sources, question: question)
        var judged = sentences.map { $0.markers.isEmpty ? nil : judge.judge($0) }
        try await ClaimVectors(embed: embed).fill(&judged)
        var claims: [AnswerClaim] = []
        for (sentence, claim) in zip(sentences, judged) {
            let verdict = claim?.verdict ?? (sentence.isUncited ? .uncited : nil)
            guard let verdict else { continue }
            claims.append(
                AnswerClaim(start: sentence.range.lowerBound, end: sentence.range.upperBound, verdict: verdict))
        }
        let citations = Self.order(of: sentences).compactMap { marker -> Citation? in
            guard let source = sources.first(where: { $0.marker == marker }) else { return nil }
            return citation(source, judged.compactMap { $0 }, score: scores[marker] ?? 0, located)
        }
        return Result(citations: citations, claims: claims)
    }

    private static func order(of sentences: [AnswerSentence]) -> [Int] {
        var seen: Set<Int> = []
        return sentences.flatMap(\.markers).filter { seen.insert($0).inserted }
    }

    private func citation(
        _ source: Source, _ judged: [JudgedClaim], score: Double, _ located: (Source, Range<Int>) -> Source
    ) -> Citation? {
        let own = judged.compactMap { claim in
            claim.finding(for: source.marker).map { (finding: $0, verdict: claim.verdict(for: source.marker)) }
        }
        // Among claims that are as good as equally near the first one speaks for all: it is what the answer led with.
        let nearest = own.map(\.finding.strength).max() ?? 0
        guard let best = own.first(where: { $0.finding.strength >= nearest - Self.tie }) else { return nil }
        let passage = best.finding.match.passage
        let range = best.finding.quoted.map { passage.ranges[$0] } ?? 0..<source.passage.utf8.count
        let place = located(source, range)
        let verdict = own.map(\.verdict).max() ?? .unsupported
        return Citation(
            marker: source.marker, documentId: source.documentId, title: source.title, page: place.page,
            section: source.section, pageUnit: source.pageUnit, place: place.place, ocr: place.ocr, url: place.url,
            quote: source.passage.utf8Substring(range), score: score, verdict: verdict, passage: source.passage)
    }

    /// A smaller difference in strength says nothing.
    private static let tie = 0.05
}

import CourseStore
import Support

/// Orders the best candidates of a question anew, by a closer look at their texts: a weighted sum of both searches' scores
/// and of how the text holds the question's words. No second model; the weights were learned on tuning parts
/// (docs/decisions/0017-rerank.md).
package struct Reranker: Sendable, Hashable {
    /// Candidates that are looked at; the others keep their order behind them.
    static let depth = 50

    package static let standard = Reranker()

    /// The weight of BM25 is 1.
    var knownSimilarity = 1.5
    var strangeSimilarity = 0.9
    var wide = 0.4
    var narrow = 0.3
    var pairs = 0.2
    var coverage = 0.2
    var akin = 1.2

    /// At most 1.
    /// - Parameters:
    ///   - similarity: the cosine, and `lexical` BM25, on the scale of `ScoreScale`.
    func score(similarity: Double, lexical: Double, familiarity: Familiarity, _ signals: MatchSignals) -> Double {
        let vector = familiarity.weight(strange: strangeSimilarity, known: knownSimilarity)
        let words = wide * signals.wide + narrow * signals.narrow + pairs * signals.pairs
        // What covers a word is not also akin to it, so the two are never more than the larger of them.
        let most = 1 + knownSimilarity + wide + narrow + pairs + max(coverage, akin)
        return (lexical + vector * similarity + words + coverage * signals.coverage + akin * signals.akin) / most
    }

    /// The candidates, best first, with scores that descend.
    /// - Parameters:
    ///   - fused: best first, by the fused score.
    ///   - texts: of the first `depth`; a candidate whose text is gone counts as one that holds no word.
    func ranked(_ fused: [(candidate: Candidate, score: Double)], texts: [ChunkText], _ asked: AskedWords)
        -> [RankedChunk]
    {
        let scale = ScoreScale(fused.map(\.candidate))
        let byID = Dictionary(texts.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var matchers = WordMatchers(asked)
        let head = fused.prefix(Self.depth).map { candidate, _ in
            RankedChunk(
                candidate,
                score: score(
                    similarity: scale.similarity(candidate), lexical: scale.lexical(candidate),
                    familiarity: candidate.familiarity,
                    byID[candidate.id].map { MatchSignals($0, asked, &matchers) } ?? .none))
        }.sorted(by: RankedChunk.isBetter)
        let rest = fused.dropFirst(Self.depth)
        // Behind all that were looked at, in their order.
        let (least, top) = (head.last?.score ?? 0, rest.first?.score ?? 0)
        return head
            + rest.map { RankedChunk($0.candidate, score: top > 0 ? least * $0.score / top : 0) }
    }
}

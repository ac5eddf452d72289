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
    /// Of forms, in a strange language; in a known one they say nothing beside the vector.
    var strangeExact = 0.6
    var akin = 1.2

    /// At most 1.
    func score(_ look: CloserLook) -> Double {
        let vector = look.familiarity.weight(strange: strangeSimilarity, known: knownSimilarity)
        let signals = look.signals
        let words = wide * signals.wide + narrow * signals.narrow + pairs * signals.pairs
        return (look.lexical + vector * look.similarity + words + forms(look)) / most
    }

    /// What the score is made of.
    func parts(_ look: CloserLook) -> ScoreParts {
        let vector = look.familiarity.weight(strange: strangeSimilarity, known: knownSimilarity)
        let signals = look.signals
        return ScoreParts(
            lexical: look.lexical / most, vector: vector * look.similarity / most,
            sentence: (narrow * signals.narrow + pairs * signals.pairs) / most,
            window: (wide * signals.wide + forms(look)) / most)
    }

    /// What words say by being there, in the form that was asked for, or by one that is akin to them.
    private func forms(_ look: CloserLook) -> Double {
        coverage * look.signals.coverage + exact(look) + akin * look.signals.akin
    }

    private func exact(_ look: CloserLook) -> Double {
        look.familiarity.weight(strange: strangeExact, known: 0) * look.signals.exact
    }

    /// What covers a word is not also akin to it, so the two are never more than the larger of them.
    private var most: Double { 1 + knownSimilarity + wide + narrow + pairs + max(coverage + strangeExact, akin) }

    /// The candidates, best first, with scores that descend.
    /// - Parameters:
    ///   - fused: best first, by the fused score.
    ///   - texts: of the first `depth`; a candidate whose text is gone counts as one that holds no word.
    func ranked(_ fused: [(candidate: Candidate, score: Double)], texts: [ChunkText], _ asked: AskedWords)
        -> [RankedChunk]
    {
        let head = zip(fused, Self.looks(at: fused.map(\.candidate), texts: texts, asked)).map {
            RankedChunk($0.candidate, score: score($1), parts: parts($1), forms: exact($1) / most)
        }.sorted(by: RankedChunk.isBetter)
        let rest = fused.dropFirst(Self.depth)
        // Behind all that were looked at, in their order.
        let (least, top) = (head.last?.score ?? 0, rest.first?.score ?? 0)
        return head
            + rest.map { RankedChunk($0.candidate, score: top > 0 ? least * $0.score / top : 0) }
    }

    /// What is seen of the first `depth` candidates, in their order.
    static func looks(at fused: [Candidate], texts: [ChunkText], _ asked: AskedWords) -> [CloserLook] {
        let scale = ScoreScale(fused)
        let byID = Dictionary(texts.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var matchers = WordMatchers(asked)
        return fused.prefix(depth).map { candidate in
            CloserLook(
                chunk: candidate.id, similarity: scale.similarity(candidate), lexical: scale.lexical(candidate),
                familiarity: candidate.familiarity,
                signals: byID[candidate.id].map { MatchSignals($0, asked, &matchers) } ?? .none)
        }
    }
}

/// All that a candidate is weighed by.
struct CloserLook: Sendable, Hashable {
    let chunk: Int64
    /// The cosine, and BM25, on the scale of `ScoreScale`.
    let similarity: Double
    let lexical: Double
    let familiarity: Familiarity
    let signals: MatchSignals
}

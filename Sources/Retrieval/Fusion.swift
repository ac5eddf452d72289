/// How two rankings of the same chunks become one.
package enum Fusion: Sendable, Hashable {
    /// Reciprocal rank fusion (Cormack, Clarke, Büttcher, SIGIR 2009): the sum of 1 / (k + rank). Looks at ranks alone.
    case reciprocalRank(k: Double)
    /// w x cosine + (1 - w) x BM25, each divided by its largest value among the candidates (Bruch, Gai, Ingber, arXiv
    /// 2210.11934). Both scores are known for every candidate, also where only one search found it. The weight w of a
    /// chunk is between the two, by how far the embedding model knows its language (`Familiarity`).
    case convex(known: Double, strange: Double)

    /// What a search uses; learned on tuning parts (docs/decisions/0017-rerank.md).
    package static let standard = Fusion.convex(known: 0.45, strange: 0.35)

    /// The fused score of every candidate.
    func scores(of candidates: [Candidate]) -> [Double] {
        switch self {
        case .reciprocalRank(let k):
            return candidates.map { candidate in
                [candidate.vectorRank, candidate.lexicalRank].reduce(0) { sum, rank in
                    sum + (rank.map { 1 / (k + Double($0)) } ?? 0)
                }
            }
        case .convex(let known, let strange):
            let scale = ScoreScale(candidates)
            return candidates.map { candidate in
                let weight = candidate.familiarity.weight(strange: strange, known: known)
                return weight * scale.similarity(candidate) + (1 - weight) * scale.lexical(candidate)
            }
        }
    }
}

/// Brings the two scores of a question's candidates to one scale: each divided by its largest value, nothing below 0.
struct ScoreScale {
    private let topSimilarity: Double
    private let topLexical: Double

    init(_ candidates: [Candidate]) {
        topSimilarity = candidates.reduce(0) { max($0, $1.similarity ?? 0) }
        topLexical = candidates.reduce(0) { max($0, $1.lexicalScore ?? 0) }
    }

    func similarity(_ candidate: Candidate) -> Double {
        topSimilarity > 0 ? max(0, candidate.similarity ?? 0) / topSimilarity : 0
    }

    func lexical(_ candidate: Candidate) -> Double {
        topLexical > 0 ? max(0, candidate.lexicalScore ?? 0) / topLexical : 0
    }
}

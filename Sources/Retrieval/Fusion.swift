/// How two rankings of the same chunks become one.
package enum Fusion: Sendable, Hashable {
    /// Reciprocal rank fusion (Cormack, Clarke, Büttcher, SIGIR 2009): the sum of 1 / (k + rank). Looks at ranks alone.
    case reciprocalRank(k: Double)
    /// `weight` x cosine + (1 - `weight`) x BM25, each divided by its largest value among the candidates (Bruch, Gai,
    /// Ingber, arXiv 2210.11934). Both scores are known for every candidate, also where only one search found it.
    case convex(vectorWeight: Double)

    /// What a search uses; the weight was chosen on scifact's training claims (docs/decisions/0007-fusion.md).
    package static let standard = Fusion.convex(vectorWeight: 0.5)

    /// The fused score of every candidate.
    func scores(of candidates: [Candidate]) -> [Double] {
        switch self {
        case .reciprocalRank(let k):
            return candidates.map { candidate in
                [candidate.vectorRank, candidate.lexicalRank].reduce(0) { sum, rank in
                    sum + (rank.map { 1 / (k + Double($0)) } ?? 0)
                }
            }
        case .convex(let weight):
            let topSimilarity = candidates.reduce(0) { max($0, $1.similarity ?? 0) }
            let topLexical = candidates.reduce(0) { max($0, $1.lexicalScore ?? 0) }
            return candidates.map { candidate in
                let similarity = topSimilarity > 0 ? max(0, candidate.similarity ?? 0) / topSimilarity : 0
                let lexical = topLexical > 0 ? max(0, candidate.lexicalScore ?? 0) / topLexical : 0
                return weight * similarity + (1 - weight) * lexical
            }
        }
    }
}

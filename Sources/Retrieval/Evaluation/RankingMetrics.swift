import Glibc

/// How good one ranking is, as trec_eval defines it.
///
/// The tests hold these against pytrec_eval on a fixture (Tests/RetrievalTests/Fixtures/make_metrics.py).
struct RankingMetrics: Sendable, Equatable {
    /// Normalised discounted cumulative gain of the first ten: gain is the grade, discount log2(rank + 1).
    let nDCGAt10: Double
    /// The share of the relevant documents among the first 5, 10, 100.
    let recallAt5: Double
    let recallAt10: Double
    let recallAt100: Double
    /// 1 / rank of the first relevant document; 0 when it is not among the first ten.
    let reciprocalRankAt10: Double

    /// - Parameters:
    ///   - ranking: document ids, best first, none twice.
    ///   - relevance: positive grades of the relevant documents; at least one.
    init(ranking: [String], relevance: [String: Int]) {
        let ideal = Self.discountedGain(relevance.values.sorted(by: >).prefix(10))
        let gain = Self.discountedGain(ranking.prefix(10).map { relevance[$0] ?? 0 }[...])
        nDCGAt10 = ideal > 0 ? gain / ideal : 0
        func recall(_ depth: Int) -> Double {
            guard !relevance.isEmpty else { return 0 }
            return Double(ranking.prefix(depth).count { relevance[$0] != nil }) / Double(relevance.count)
        }
        recallAt5 = recall(5)
        recallAt10 = recall(10)
        recallAt100 = recall(100)
        let first = ranking.prefix(10).firstIndex { relevance[$0] != nil }
        reciprocalRankAt10 = first.map { 1 / Double($0 + 1) } ?? 0
    }

    private static func discountedGain(_ grades: ArraySlice<Int>) -> Double {
        grades.enumerated().reduce(0) { $0 + Double($1.element) / log2(Double($1.offset + 2)) }
    }
}

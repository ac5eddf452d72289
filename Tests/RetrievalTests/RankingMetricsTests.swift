import Foundation
import Testing

@testable import Retrieval

@Suite struct RankingMetricsTests {
    private struct Case: Decodable {
        let ranking: [String]
        let relevance: [String: Int]
        let expected: [String: Double]
    }

    /// Against pytrec_eval (Fixtures/make_metrics.py).
    @Test func agreeWithTrecEval() throws {
        let path = String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/") ?? #filePath.endIndex))
        let data = try Data(contentsOf: URL(fileURLWithPath: path + "/Fixtures/metrics.json"))
        let cases = try JSONDecoder().decode([Case].self, from: data)
        #expect(cases.count == 60)
        for (number, test) in cases.enumerated() {
            let metrics = RankingMetrics(ranking: test.ranking, relevance: test.relevance)
            let found = [
                "ndcg10": metrics.nDCGAt10, "recall5": metrics.recallAt5, "recall10": metrics.recallAt10,
                "recall100": metrics.recallAt100, "reciprocalRank10": metrics.reciprocalRankAt10,
            ]
            for (name, value) in found {
                let expected = try #require(test.expected[name])
                #expect(abs(value - expected) < 1e-9, "case \(number), \(name)")
            }
        }
    }

    @Test func anEmptyRankingIsZero() {
        let metrics = RankingMetrics(ranking: [], relevance: ["a": 1])
        #expect(metrics.nDCGAt10 == 0 && metrics.recallAt100 == 0 && metrics.reciprocalRankAt10 == 0)
    }
}

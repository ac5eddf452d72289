import Testing

@testable import Retrieval

@Suite struct FusionTests {
    private let candidates = [
        Candidate(id: 1, similarity: 0.8, lexicalScore: 0, vectorRank: 1, lexicalRank: nil),
        Candidate(id: 2, similarity: 0.6, lexicalScore: 10, vectorRank: 2, lexicalRank: 1),
        Candidate(id: 3, similarity: -0.2, lexicalScore: 5, vectorRank: nil, lexicalRank: 2),
    ]

    @Test func reciprocalRankAddsTheReciprocals() {
        let scores = Fusion.reciprocalRank(k: 60).scores(of: candidates)
        #expect(scores == [1.0 / 61, 1.0 / 62 + 1.0 / 61, 1.0 / 62])
    }

    @Test func convexWeighsBothScoresByTheirLargest() {
        let scores = Fusion.convex(known: 0.25, strange: 0).scores(of: candidates)
        let expected = [0.25, 0.25 * 0.75 + 0.75, 0.75 * 0.5]
        #expect(zip(scores, expected).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    @Test func aStrangeTextHasTheOtherWeight() {
        var strange = candidates
        for index in strange.indices { strange[index].familiarity = Familiarity(bytesPerPiece: 2.9) }
        let scores = Fusion.convex(known: 0.9, strange: 0.25).scores(of: strange)
        let expected = [0.25, 0.25 * 0.75 + 0.75, 0.75 * 0.5]
        #expect(zip(scores, expected).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    @Test func nothingIsDividedByZero() {
        let none = [Candidate(id: 1, similarity: -0.5, lexicalScore: 0), Candidate(id: 2)]
        #expect(Fusion.standard.scores(of: none) == [0, 0])
        #expect(Fusion.standard.scores(of: []).isEmpty)
        #expect(Fusion.reciprocalRank(k: 60).scores(of: none) == [0, 0])
    }
}

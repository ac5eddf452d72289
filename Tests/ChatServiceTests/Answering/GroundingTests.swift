import Retrieval
import Testing

@testable import ChatService

@Suite struct GroundingTests {
    private func passage(_ title: String, section: [String] = [], pages: ClosedRange<Int>? = nil) -> Passage {
        Passage(
            chunkIDs: [1], documentID: "d", documentTitle: title, documentPath: "d.md", language: "en",
            section: section, pages: pages, text: "text", score: 1, similarity: 0.9, lexicalScore: 3)
    }

    private func result(similarity: Double, coverage: Double, passages: Int = 1) -> RetrievalResult {
        RetrievalResult(
            passages: Array(repeating: passage("T"), count: passages),
            evidence: EvidenceSignals(topSimilarity: similarity, topLexical: 0, coverage: coverage))
    }

    @Test(
        "Strength is half meaning, half words, within 0...1",
        arguments: [(0.0, 0.0, 0.0), (1, 1, 1), (0.4, 0.8, 0.6), (-0.5, 0.5, 0.25), (1.0001, 0, 0.5)])
    func strength(_ similarity: Double, _ coverage: Double, _ expected: Double) {
        let signals = EvidenceSignals(topSimilarity: similarity, topLexical: 99, coverage: coverage)
        #expect(abs(Grounding.strength(of: signals) - expected) < 1e-9)
    }

    @Test func theThresholdItselfIsEnough() {
        let grounding = Grounding(threshold: 0.5)
        #expect(grounding.isEnough(result(similarity: 0.5, coverage: 0.5)))
        #expect(!grounding.isEnough(result(similarity: 0.5, coverage: 0.49)))
        #expect(!grounding.isEnough(result(similarity: 1, coverage: 1, passages: 0)))
    }

    @Test func theRefusalNamesThreeNearestSectionsOnce() {
        let passages = [
            passage("Notes", section: ["Notes", "Heaps"]), passage("Notes", section: ["Notes", "Heaps"]),
            passage("Exams", pages: 4...5), passage("Syllabus"), passage("Fourth"),
        ]
        #expect(
            Grounding.refusal(nearest: passages, language: "en") == """
                The course material does not cover this. The nearest sections are:

                - Notes › Heaps
                - Exams (page 4)
                - Syllabus
                """)
        #expect(
            Grounding.refusal(nearest: [passage("Provas", pages: 4...4)], language: "pt") == """
                O material do curso não cobre isso. As seções mais próximas são:

                - Provas (página 4)
                """)
    }

    @Test func withoutPassagesTheRefusalIsOneSentence() {
        #expect(Grounding.refusal(nearest: [], language: "en") == "The course material does not cover this.")
        #expect(Grounding.refusal(nearest: [], language: "pt") == "O material do curso não cobre isso.")
    }
}

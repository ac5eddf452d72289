import Retrieval
import Testing

@testable import ChatService

@Suite struct GroundingTests {
    private func passage(_ title: String, section: [String] = [], pages: ClosedRange<Int>? = nil) -> Passage {
        Passage(
            chunkIDs: [1], documentID: "d", documentTitle: title, documentPath: "d.md", language: "en",
            section: section, pages: pages, text: "text", score: 1, similarity: 0.9, lexicalScore: 3)
    }

    private func result(_ score: Double, calibrated: Double = 0.2, passages: Int = 1) -> RetrievalResult {
        RetrievalResult(
            passages: Array(repeating: passage("T"), count: passages),
            evidence: Evidence(score: score, threshold: calibrated, signals: EvidenceSignals()))
    }

    @Test func theThresholdItselfIsEnough() {
        let grounding = Grounding(threshold: 0.5)
        #expect(grounding.isEnough(result(0.5)))
        #expect(!grounding.isEnough(result(0.49)))
        #expect(!grounding.isEnough(result(1, passages: 0)))
    }

    @Test func withoutAThresholdOfItsOwnTheModelsCounts() {
        #expect(Grounding().isEnough(result(0.2)))
        #expect(!Grounding().isEnough(result(0.19)))
        #expect(Grounding(threshold: 0).isEnough(result(0)))
    }

    @Test("The sections of a refusal are read from it again", arguments: ["pt", "en"])
    func sections(language: String) {
        let passages = [passage("Notes", section: ["Notes", "Heaps - and queues"]), passage("Exams", pages: 4...5)]
        let page = language == "pt" ? "página" : "page"
        #expect(
            Grounding.sections(in: Grounding.refusal(nearest: passages, language: language))
                == ["Notes › Heaps - and queues", "Exams (\(page) 4)"])
        #expect(Grounding.sections(in: Grounding.refusal(nearest: [], language: language)).isEmpty)
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

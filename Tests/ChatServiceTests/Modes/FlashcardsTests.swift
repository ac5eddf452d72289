import Testing

@testable import ChatService

/// Cards of a student's own quizzes.
@Suite struct FlashcardsTests {
    private static func quiz(_ solution: String, _ mark: Quiz.Mark?) -> Quiz {
        Quiz(questions: [QuizMarkingTests.item(1, "What is \"it\"?", solution, mark: mark)])
    }

    @Test func onlyWhatWasMarkedIsACard() {
        let cards = Flashcards(
            [Self.quiz("One.", .wrong), Self.quiz("Two.", nil), Self.quiz("One.", .correct)], without: []
        ).cards
        #expect(cards.map(\.back) == ["One."] && cards.map(\.mark) == ["wrong"], "the newest reply counts")
        #expect(Flashcards([Self.quiz("One.", .correct)], without: ["d1"]).cards.isEmpty)
    }

    @Test func eachFormatKeepsItsRules() {
        let cards = Flashcards([Self.quiz("=1+1\t\nand \"more\"", .partly)], without: [])
        let csv = cards.text(as: .csv)
        #expect(csv.hasPrefix("\"front\",\"back\""))
        #expect(csv.contains("\"What is \"\"it\"\"?\",\"'=1+1\t\nand \"\"more\"\"\""))
        let anki = cards.text(as: .anki).split(separator: "\n")
        #expect(anki.count == 4 && anki[3].split(separator: "\t").count == 3)
        #expect(cards.text(as: .json).contains("\"mark\":\"partly\""))
    }
}

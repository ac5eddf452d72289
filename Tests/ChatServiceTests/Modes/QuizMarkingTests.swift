import Support
import Testing

@testable import ChatService

/// Replies to a quiz and their marks.
@Suite struct QuizMarkingTests {
    static func item(
        _ number: Int = 1, _ question: String = "What is a stack?",
        _ solution: String = "A list where the last element in is the first one out.", mark: Quiz.Mark? = nil
    ) -> Quiz.Item {
        let source = Source(marker: number, documentId: "d\(number)", title: "T", passage: "Before. \(solution) After.")
        return Quiz.Item(
            number: number, question: question, solution: solution, citation: Citation(source, quote: solution),
            mark: mark)
    }

    @Test(
        arguments: [
            ("A list where the last one in is the first out.", .correct),
            ("the LAST element in comes first out of the list", .correct),
            ("It is a list.", .wrong), ("an element of a list", .partly),
            ("Not a list where the last element in is the first one out.", .wrong), ("no idea", .wrong), ("?", .wrong),
        ] as [(String, Quiz.Mark)])
    func marks(_ reply: String, _ mark: Quiz.Mark) {
        #expect(QuizMarking.mark(reply, of: Self.item()) == mark)
    }

    @Test func aNumberIsRightOrItIsNot() {
        let item = Self.item(1, "How fast is a sort?", "It takes 42 steps for lists of 7 elements.")
        #expect(QuizMarking.mark("42 steps for lists of 7 elements", of: item) == .correct)
        #expect(QuizMarking.mark("41 steps for lists of 7 elements", of: item) == .partly)
    }

    @Test func repliesFindTheirQuestions() {
        let open = [Self.item(1), Self.item(3)]
        #expect(QuizMarking.replies(in: "a list", to: open) == [1: "a list"])
        #expect(
            QuizMarking.replies(in: "3) on top\n1. a list\nof things", to: open) == [
                3: "on top", 1: "a list of things",
            ])
        #expect(QuizMarking.replies(in: "2. closed already", to: open) == [1: "2. closed already"])
        for more in ["another quiz please", "mais perguntas", "What is a queue?"] {
            #expect(QuizMarking.replies(in: more, to: open).isEmpty)
        }
        #expect(QuizMarking.replies(in: "a list", to: []).isEmpty)
    }

    @Test func nothingOfAnOpenQuestionIsTold() throws {
        let quiz = Quiz(questions: [Self.item(1, mark: .correct), Self.item(2, "Where?", "On the secret top.")])
        let answer = Answer(
            content: "x", citations: [], grounded: true, metadata: AnswerMetadata(model: "m", provider: "p"), quiz: quiz
        )
        let told = JSONText.encode(answer.withoutSolutions)
        #expect(!told.contains("secret") && told.contains("last element in"))
        #expect(answer.documents == ["d1", "d2"])
        let job = Job(
            id: "j", user: .local, sessionID: "s", traceID: "t", course: try CourseID("c"),
            task: .question(AskedQuestion(conversationID: "c", messageID: "m", mode: .quiz, text: "q")),
            acceptedAt: Timestamp(milliseconds: 0), deadline: Timestamp(milliseconds: 1))
        let event = ChatEvent.messageCompleted(
            ChatEvent.Completed(job: job, conversationId: "c", messageId: "m", answer: answer))
        #expect(!JSONText.encode(event).contains("secret"))
        #expect(try JSONText.decode(Answer.self, from: JSONText.encode(answer)) == answer, "the store keeps it")
    }

    @Test func aClozeHidesItsWordEverywhere() throws {
        let passage = """
            # Stacks

            A stack is a list where Elements come off in reverse; elements go in at the top of the stack. Short one. \
            `code.push(stack)`; a queue is something else with a front and a back and a line of people.
            """
        let cloze = try #require(Cloze.best(in: passage, about: ["What is a stack?"]))
        #expect(cloze.sentence.hasPrefix("A stack") && passage.contains(cloze.sentence))
        #expect(cloze.word == "Elements")
        #expect(!cloze.text.lowercased().contains("elements") && cloze.text.contains(Cloze.gap))
        #expect(cloze.text.contains("stack"), "the subject stays")
        #expect(Cloze.best(in: "Nothing here.", about: ["stack"]) == nil)
        #expect(Cloze.best(in: passage, about: ["weather"]) == nil)
    }
}

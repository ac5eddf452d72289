import Retrieval
import Testing

@testable import ChatService

@Suite struct StandaloneQueryTests {
    private let history = [
        Turn(role: .user, content: "Qual é a complexidade do quicksort?"),
        Turn(role: .assistant, content: "Em média O(n log n) [1]."),
    ]

    private func make(_ question: String, _ history: [Turn]? = nil) -> RetrievalQuery {
        StandaloneQuery.make(question: question, history: history ?? self.history)
    }

    @Test(arguments: [
        "E no pior caso?", "e o segundo?", "Por quê?", "Pode dar um exemplo?", "And the worst case?",
        "What about that one?",
        "Como ele funciona?", "Why?", "?",
    ])
    func aFollowUpIsSearchedWithWhatItLeansOn(_ question: String) throws {
        let query = make(question)
        #expect(query.text == question)
        let anchor = try #require(query.context.first)
        #expect(anchor.text.contains("quicksort") && anchor.words >= 0.6 && anchor.words == anchor.meaning)
        #expect(query.whole == "Qual é a complexidade do quicksort?\n\(question)" && query.isJudgedWhole)
        let answer = try #require(query.context.last)
        #expect(answer.text.contains("O(n log n)") && answer.words == 0 && answer.meaning > 0)
    }

    @Test(arguments: [
        "Quando é a segunda prova da disciplina de algoritmos?", "What is the late submission policy for labs?",
        "Explique a diferença entre pilha e fila",
    ])
    func aWholeQuestionStandsAlone(_ question: String) {
        #expect(make(question) == RetrievalQuery(question))
    }

    @Test func whoMayLeanLeansLittleAndIsJudgedByItself() throws {
        let query = make("What did the Norman kings call their language?")
        #expect(try #require(query.context.first).words == 0.3)
        #expect(query.context.count == 1 && !query.isJudgedWhole)
    }

    @Test func questionsAreGoneBackToOneThatStandsAlone() {
        let longer =
            [
                Turn(role: .user, content: "O que é uma pilha encadeada?"),
                Turn(role: .assistant, content: "Uma lista [1]."),
            ]
            + history + [Turn(role: .user, content: "E no pior caso?"), Turn(role: .assistant, content: "O(n²) [1].")]
        let query = make("Por quê?", longer)
        #expect(query.whole == "Qual é a complexidade do quicksort?\nE no pior caso?\nPor quê?")
        #expect(query.context.map(\.words) == [1, 0.8, 0], "older ones weigh less, the answer's words nothing")
        #expect(query.context.last?.text == "O(n²) [1].")
    }

    @Test func thanksAreNoSubject() {
        let thanked =
            history + [Turn(role: .user, content: "obrigado!"), Turn(role: .assistant, content: "De nada!")]
        #expect(make("E no pior caso?", thanked).whole.contains("quicksort"))
    }

    @Test func withoutHistoryTheQuestionIsAllThereIs() {
        #expect(make("E o segundo?", []) == RetrievalQuery("E o segundo?"))
    }

    @Test func theLengthIsBounded() {
        let long = String(repeating: "recursão ", count: 2_000)
        #expect(make(long).text.count == 2_000)
        let turns = (0..<20).map { Turn(role: .user, content: "e \($0)? " + long) }
        let query = make("Por quê?", turns)
        #expect(query.context.count == 3 && query.context.allSatisfy { $0.text.count == 1_000 })
    }
}

import Testing

@testable import ChatService

@Suite struct StandaloneQueryTests {
    private let history = [
        Turn(role: .user, content: "Qual é a complexidade do quicksort?"),
        Turn(role: .assistant, content: "Em média O(n log n) [1]."),
    ]

    @Test(arguments: [
        "E no pior caso?", "e o segundo?", "Por quê?", "Pode dar um exemplo?", "And the worst case?",
        "What about that one?",
        "Como ele funciona?", "Why?", "?",
    ])
    func aFollowUpIsSearchedWithWhatItLeansOn(_ question: String) {
        let query = StandaloneQuery.make(question: question, history: history)
        #expect(query.contains("quicksort"))
        #expect(query.contains(question))
    }

    @Test(arguments: [
        "Quando é a segunda prova da disciplina de algoritmos?", "What is the late submission policy for labs?",
        "Explique a diferença entre pilha e fila",
    ])
    func aWholeQuestionStandsAlone(_ question: String) {
        #expect(StandaloneQuery.make(question: question, history: history) == question)
    }

    @Test func theAnchorIsTheLastQuestionThatCouldStandAlone() {
        let longer =
            history + [Turn(role: .user, content: "E no pior caso?"), Turn(role: .assistant, content: "O(n²) [1].")]
        #expect(StandaloneQuery.make(question: "Por quê?", history: longer).contains("quicksort"))
    }

    @Test func withoutHistoryTheQuestionIsAllThereIs() {
        #expect(StandaloneQuery.make(question: "E o segundo?", history: []) == "E o segundo?")
    }

    @Test func theLengthIsBounded() {
        let long = String(repeating: "recursão ", count: 2_000)
        #expect(StandaloneQuery.make(question: long, history: history).count <= 2_001)
    }
}

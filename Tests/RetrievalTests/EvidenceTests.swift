import CourseStore
import Support
import Testing

@testable import Retrieval

/// The signals of evidence on small courses, where each is told by hand.
@Suite struct EvidenceTests {
    private let fixture: CourseFixture

    init() throws { fixture = try CourseFixture() }

    private func signals(_ question: String) async throws -> EvidenceSignals {
        try await fixture.retriever().search(question).evidence.signals
    }

    @Test func wordsFarApartSayLessThanWordsTogether() async throws {
        try await fixture.add("a.md", ["A pilha cresce. O dia passa. A noite vem. A fila encolhe."])
        try await fixture.add("b.md", ["Outro texto de outro assunto."])
        let apart = try await signals("pilha fila")
        let together = try await signals("fila encolhe")
        #expect(apart.coverage == 1 && together.coverage == 1)
        #expect(apart.sentences == 0.5 && together.sentences == 1)
    }

    @Test func neighbouringSentencesAndHeadingsCount() async throws {
        try await fixture.add("a.md", ["A pilha cresce. Ela fica cheia. Vem a noite."], sections: [["Memória"]])
        #expect(try await signals("pilha cheia na memória").sentences == 1)
        #expect(try await signals("pilha na noite").sentences < 1)
    }

    @Test func namesAndNumbersAreMissedInTheNearestSentence() async throws {
        try await fixture.add(
            "a.md", ["Rollo jurou lealdade ao rei Carlos em 911. William conquistou a ilha em 1066."])
        #expect(try await signals("Em que ano o duque William conquistou a ilha?").namesMissing == 0)
        #expect(
            try await signals("Rollo conquistou a ilha?").namesMissing == 0, "a capital letter begins every question")
        #expect(try await signals("O que o duque Rollo conquistou, que ilha?").namesMissing == 1)
        #expect(try await signals("A ilha foi conquistada em 911?").namesMissing == 1)
        #expect(try await signals("Quem conquistou a ilha?").namesMissing == 0, "nothing is named")
    }

    @Test func aQuestionInAnotherLanguageIsForeign() async throws {
        try await fixture.add("a.md", ["The heap is a tree in which every node is smaller than the nodes below it."])
        #expect(try await signals("O que é um heap e para que serve?").isForeign)
        #expect(try await !signals("What is a heap and what is it for?").isForeign)
        #expect(try await !signals("heap?").isForeign, "no language speaks from it")
    }

    /// What is measured on small courses must hold on large ones.
    @Test func signalsDoNotGrowWithTheCourse() async throws {
        func others(_ numbers: Range<Int>) -> [String] { numbers.map { "Texto \($0 * 37) sobre outra coisa, \($0)." } }
        try await fixture.add("a.md", ["Dijkstra encontra caminhos em grafos. Um heap guarda os vértices."])
        try await fixture.add("b.md", others(0..<10))
        let question = "Que caminhos encontra o algoritmo de Dijkstra?"
        let small = try await signals(question)
        try await fixture.add("c.md", others(10..<60))
        let large = try await signals(question)
        #expect(large.topLexical > 1.5 * small.topLexical, "BM25 itself does grow")
        #expect(abs(large.lexical - small.lexical) < 0.1 * small.lexical)
        #expect(abs(large.sentences - small.sentences) < 0.05 && abs(large.coverage - small.coverage) < 0.05)
        #expect(abs(large.topSimilarity - small.topSimilarity) < 1e-6)
    }

    @Test func whatWordsThereAreNoneOfHasNoSignals() async throws {
        try await fixture.add("a.md", ["Uma pilha guarda valores."])
        let found = try await signals("???")
        #expect(found.lexical == 0 && found.sentences == 0 && found.coverage == 0 && found.namesMissing == 0)
    }

    @Test func aTextWithoutEndIsLookedAtInPart() {
        let sentence = "Uma pilha guarda valores. "
        let text = ChunkText(id: 1, text: String(repeating: "Nada aqui. ", count: 500) + sentence, headings: "")
        let asked = AskedWords(QuestionWords("pilha"), chunks: 10) { _ in 1 }
        var matchers = WordMatchers(asked)
        #expect(SentenceMatch(text, asked, &matchers).pair == 0)
        let near = ChunkText(id: 1, text: sentence, headings: "")
        #expect(SentenceMatch(near, asked, &matchers).pair == 1)
    }
}

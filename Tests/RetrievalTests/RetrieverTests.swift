import CourseStore
import Testing

@testable import Retrieval

@Suite struct RetrieverTests {
    private let fixture: CourseFixture

    init() throws { fixture = try CourseFixture() }

    @Test(arguments: SearchMode.allCases)
    func findsTheRightDocumentInEveryMode(mode: SearchMode) async throws {
        try await fixture.add("pilhas.md", ["Uma pilha guarda valores, o último entra e sai primeiro."])
        try await fixture.add("grafos.md", ["Dijkstra encontra caminhos mínimos em grafos com pesos."])
        let result = try await fixture.retriever().search("O que guarda uma pilha?", mode: mode)
        let best = try #require(result.passages.first)
        #expect(best.documentPath == "pilhas.md" && best.language == "pt" && best.pages == 1...1)
        #expect((best.similarity == nil) == (mode == .lexical))
        #expect((best.lexicalScore == nil) == (mode == .vector))
        let signals = result.evidence.signals
        #expect((signals.topSimilarity > 0.3) == (mode != .lexical))
        #expect((signals.topLexical > 0 && signals.lexical > 0) == (mode != .vector))
        #expect((signals.agreement > 0) == (mode == .hybrid))
        #expect(signals.coverage == 1 && signals.sentences == 1 && !signals.isForeign)
    }

    @Test(arguments: SearchMode.allCases, ["", "  \n\t ", "\u{a0}"])
    func aBlankQuestionFindsNothing(mode: SearchMode, question: String) async throws {
        try await fixture.add("a.md", ["texto"])
        let result = try await fixture.retriever().search(question, mode: mode)
        #expect(result.passages.isEmpty && result.evidence == .none)
    }

    @Test func anEmptyCourseFindsNothing() async throws {
        let result = try await fixture.retriever().search("pilha")
        #expect(result.passages.isEmpty && result.evidence == .none)
    }

    @Test func coverageWeighsRareWordsMore() async throws {
        let common = (0..<20).map { "algoritmo comum número \($0 * 37)" }
        for (index, text) in common.enumerated() { try await fixture.add("\(index).md", [text]) }
        let retriever = fixture.retriever()
        let known = try await retriever.search("algoritmo comum").evidence.signals.coverage
        let half = try await retriever.search("algoritmo unicórnio").evidence.signals.coverage
        let unknown = try await retriever.search("unicórnio zebra").evidence.signals.coverage
        #expect(known == 1 && unknown == 0)
        #expect(half > 0 && half < 0.1, "the missing word is the rare one: \(half)")
    }

    @Test func aPassageKnowsItsPlace() async throws {
        try await fixture.add(
            "notas.xlsx", ["O aluno tirou oito na prova.", "A aluna tirou nove na prova."],
            places: ["Notas!A2:F9", "Notas!A10:F20"], recognised: [1])
        try await fixture.add("outro.md", ["Dijkstra encontra caminhos mínimos em grafos."])
        let joined = try #require(try await fixture.retriever().search("prova dos alunos").passages.first)
        #expect(joined.place == "Notas!A2:F20" && joined.recognised && joined.pageUnit == .slide)
        let other = try #require(try await fixture.retriever().search("Dijkstra").passages.first)
        #expect(other.place == nil && !other.recognised)
    }

    @Test func neighboursBecomeOnePassageWithoutTheirOverlap() async throws {
        let pieces = [
            "A recursão resolve um problema por partes menores. ", "Todo caso da recursão precisa de uma base. ",
            "Sem base a recursão nunca termina. ",
        ]
        try await fixture.add("recursao.md", pieces, overlap: 17)
        let result = try await fixture.retriever().search("recursão", limit: 5)
        #expect(result.passages.count == 1)
        #expect(result.passages[0].text == pieces.joined())
        #expect(result.passages[0].chunkIDs.count == 3 && result.passages[0].pages == 1...3)
    }

    @Test func aPassageIsOfOneSectionAndBounded() async throws {
        let pieces = (0..<8).map { "Parte \($0) sobre a fila número \($0 * 101), com texto distinto \($0 * 7 + 1000)." }
        let sections = (0..<8).map { $0 < 6 ? ["Filas"] : ["Pilhas"] }
        try await fixture.add("filas.md", pieces, sections: sections)
        let passages = try await fixture.retriever().search("fila", limit: 8).passages
        #expect(passages.flatMap(\.chunkIDs).count == 8)
        #expect(passages.allSatisfy { $0.chunkIDs.count <= PassageBuilder.chunkLimit })
        for passage in passages {
            let chunks = try await fixture.file.chunks(ids: passage.chunkIDs)
            #expect(Set(chunks.map(\.section)).count == 1 && chunks[0].section == passage.section)
            #expect(chunks.map(\.ordinal) == Array(chunks[0].ordinal...(chunks[0].ordinal + chunks.count - 1)))
        }
        #expect(passages.map(\.score) == passages.map(\.score).sorted(by: >))
    }

    @Test func nearDuplicatesAreLeftOut() async throws {
        let text = "Uma árvore binária de busca mantém as chaves menores à esquerda e as maiores à direita de cada nó."
        try await fixture.add("a.md", [text])
        try await fixture.add("copia.md", [text.uppercased() + " Fim."])
        try await fixture.add("outro.md", ["Uma árvore de decisão separa exemplos por seus atributos."])
        let passages = try await fixture.retriever().search("árvore binária de busca", limit: 5).passages
        #expect(passages.count == 2)
        #expect(passages.last?.documentPath == "outro.md")
    }

    @Test func atMostTheLimitAndAlwaysInOrder() async throws {
        for index in 0..<30 {
            try await fixture.add("\(index).md", ["pilha e conteúdo próprio \(index * 31) \(index * 17)"])
        }
        for limit in [0, 1, 7, 29, 100] {
            let passages = try await fixture.retriever().search("pilha", limit: limit).passages
            #expect(passages.count == min(limit, 30))
            #expect(passages.map(\.score) == passages.map(\.score).sorted(by: >))
        }
    }

    @Test func hybridKnowsBothScoresOfEveryCandidate() async throws {
        for index in 0..<150 { try await fixture.add("\(index).md", ["tema \(index % 9) assunto \(index) pilha"]) }
        let ranked = try await fixture.retriever().rank("tema 3 pilha", limit: 200, mode: .hybrid)
        let ids = ranked.map(\.id)
        #expect(Set(ids).count == ids.count && ids.count >= 100)
        let query = try await fixture.embedder.embed(["tema 3 pilha"])
        let similarities = try await fixture.file.similarities(query, ids: ids)
        let lexical = try await fixture.file.lexicalScores("tema 3 pilha", ids: ids)
        for chunk in ranked {
            #expect(abs((chunk.similarity ?? -1) - Double(similarities[chunk.id] ?? 9)) < 1e-6)
            #expect(chunk.lexicalScore == lexical[chunk.id].map(Double.init))
        }
    }
}

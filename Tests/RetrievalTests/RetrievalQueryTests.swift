import CourseStore
import Testing

@testable import Retrieval

@Suite struct RetrievalQueryTests {
    private let fixture: CourseFixture

    init() throws { fixture = try CourseFixture() }

    private func fill() async throws {
        try await fixture.add("pilha.md", ["A pilha tem custo constante para empilhar valores."])
        try await fixture.add("fila.md", ["A fila tem custo constante para enfileirar valores."])
        try await fixture.add("heap.md", ["O heap tem custo logarítmico para inserir valores."])
        try await fixture.add("grafos.md", ["Dijkstra encontra caminhos mínimos com pesos."])
    }

    @Test func theContextDecidesAmongWhatTheTextFinds() async throws {
        try await fill()
        let retriever = fixture.retriever()
        for subject in ["pilha", "fila", "heap"] {
            let query = RetrievalQuery(
                "e o custo?", context: [.init("Como funciona a \(subject)?", words: 0.6, meaning: 0.6)])
            let best = try #require(try await retriever.search(query).passages.first)
            #expect(best.documentPath == "\(subject).md")
        }
    }

    @Test func whatOnlyTheContextFindsIsThere() async throws {
        try await fill()
        let query = RetrievalQuery("por quê?", context: [.init("Como funciona Dijkstra?", words: 1, meaning: 0)])
        let ranked = try await fixture.retriever().rank(query, limit: 10, mode: .hybrid)
        let ids = try await fixture.file.documentIDs(ofChunks: ranked.prefix(1).map(\.id))
        let document = try await fixture.file.document(id: try #require(ids.first))
        #expect(document?.path == "grafos.md")
        #expect(ranked.allSatisfy { $0.similarity != nil && $0.lexicalScore != nil })
    }

    @Test func scoresAreTheWeightedSums() async throws {
        try await fill()
        let query = RetrievalQuery(
            "custo dos valores",
            context: [.init("fila", words: 0.5, meaning: 0.25), .init("caminhos mínimos", words: 0.25, meaning: 0)])
        let retriever = fixture.retriever(reranker: nil)
        let vector = try await retriever.vector(of: query)
        #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
        let ranked = try await retriever.rank(query, limit: 10, mode: .hybrid)
        #expect(ranked.count == 4)
        let ids = ranked.map(\.id)
        let parts = try await [("custo dos valores", 1.0), ("fila", 0.5), ("caminhos mínimos", 0.25)].asyncMap {
            (try await fixture.file.lexicalScores($0.0, ids: ids), $0.1)
        }
        let similarities = try await fixture.file.similarities(vector, ids: ids)
        for chunk in ranked {
            let expected = parts.reduce(0) { $0 + Double($1.0[chunk.id] ?? 0) * $1.1 }
            #expect(abs(try #require(chunk.lexicalScore) - expected) < 1e-6)
            #expect(abs(try #require(chunk.similarity) - Double(similarities[chunk.id] ?? 0)) < 1e-6)
        }
    }

    @Test(arguments: SearchMode.allCases)
    func withoutContextItIsItsText(_ mode: SearchMode) async throws {
        try await fill()
        let retriever = fixture.retriever()
        let plain = try await retriever.rank("custo da fila", limit: 10, mode: mode)
        let query = try await retriever.rank(
            RetrievalQuery("custo da fila", context: [.init("pilha", words: 0, meaning: 0)]), limit: 10, mode: mode)
        #expect(plain.map(\.id) == query.map(\.id) && plain.map(\.score) == query.map(\.score))
    }

    @Test func evidenceIsJudgedAsTheQuerySays() async throws {
        try await fill()
        let context = [RetrievalQuery.Context("unicórnio", words: 0.3, meaning: 0)]
        let whole = try await fixture.retriever().search(RetrievalQuery("fila", context: context))
        let own = try await fixture.retriever().search(RetrievalQuery("fila", context: context, judgedWhole: false))
        #expect(whole.evidence.signals.coverage < 1 && own.evidence.signals.coverage == 1)
    }

    @Test func theContextIsBoundedAndBlankIsBlank() async throws {
        try await fill()
        let many = (0..<9).map { RetrievalQuery.Context("fila \($0)", words: 1, meaning: 1) }
        let query = RetrievalQuery("custo", context: many)
        #expect(query.context.count == RetrievalQuery.contextLimit)
        #expect(query.whole == "fila 3\nfila 2\nfila 1\nfila 0\ncusto")
        #expect(try await fixture.retriever().search(RetrievalQuery(" \n", context: many)).passages.isEmpty)
    }
}

extension Array {
    fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}

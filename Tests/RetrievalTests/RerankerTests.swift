import CourseStore
import Support
import Testing

@testable import Retrieval

@Suite struct RerankerTests {
    private let asked = AskedWords(QuestionWords("busca binária"), chunks: 100) { _ in 5 }

    private func fused(_ count: Int) -> [(candidate: Candidate, score: Double)] {
        (1...count).map { number in
            (Candidate(id: Int64(number), similarity: 0.5, lexicalScore: 4), 1 - Double(number) / 1000)
        }
    }

    @Test func theTextDecidesAmongEquals() {
        let texts = [
            ChunkText(id: 1, text: "A busca é longa, e não é binária.", headings: ""),
            ChunkText(id: 2, text: "A busca binária é curta.", headings: ""),
            ChunkText(id: 3, text: "Nada disso.", headings: ""),
        ]
        let ranked = Reranker.standard.ranked(fused(3), texts: texts, asked)
        #expect(ranked.map(\.id) == [2, 1, 3])
        #expect(ranked.allSatisfy { $0.score > 0 && $0.score <= 1 && $0.similarity == 0.5 && $0.lexicalScore == 4 })
    }

    @Test func whatIsBehindTheDepthStaysThere() {
        let all = fused(Reranker.depth + 20)
        let texts = all.map { ChunkText(id: $0.candidate.id, text: "busca binária", headings: "") }
        let ranked = Reranker.standard.ranked(all, texts: Array(texts.suffix(21)), asked)
        #expect(ranked.first?.id == Int64(Reranker.depth))
        #expect(ranked.suffix(20).map(\.id) == Array(Int64(Reranker.depth + 1)...Int64(Reranker.depth + 20)))
        #expect(ranked.map(\.score) == ranked.map(\.score).sorted(by: >))
    }

    @Test func aChunkThatIsGoneCountsAsWithoutWords() {
        let ranked = Reranker.standard.ranked(fused(2), texts: [ChunkText(id: 2, text: "busca", headings: "")], asked)
        #expect(ranked.map(\.id) == [2, 1])
        #expect(Reranker.standard.ranked([], texts: [], asked).isEmpty)
    }

    @Test func theBestPossibleScoreIsOne() {
        let texts = [ChunkText(id: 1, text: "busca binária", headings: "")]
        let score = Reranker.standard.ranked(fused(1), texts: texts, asked)[0].score
        // All but what akin words add, which covered words leave no room for.
        #expect(score > 0.75 && score <= 1)
    }

    @Test func thePartsAddUpToTheScore() throws {
        let texts = (1...3).map {
            ChunkText(id: Int64($0), text: ["busca binária", "a busca", "nada"][$0 - 1], headings: "Busca")
        }
        let ranked = Reranker.standard.ranked(fused(3), texts: texts, asked)
        for chunk in ranked {
            let parts = try #require(chunk.parts)
            #expect(abs(parts.lexical + parts.vector + parts.sentence + parts.window - chunk.score) < 1e-12)
            #expect(parts.lexical > 0 && parts.vector > 0)
        }
        let best = try #require(ranked.first { $0.id == 1 }?.parts)
        let least = try #require(ranked.first { $0.id == 3 }?.parts)
        #expect(best.sentence > 0 && best.window > 0 && least.sentence == 0)
    }

    @Test func aStrangeLanguageTrustsItsVectorLess() {
        let signals = MatchSignals.none
        func score(_ familiarity: Familiarity) -> Double {
            Reranker.standard.score(
                CloserLook(chunk: 1, similarity: 1, lexical: 0, familiarity: familiarity, signals: signals))
        }
        #expect(score(Familiarity(bytesPerPiece: 3)) < score(Familiarity(bytesPerPiece: 3.5)))
        #expect(score(Familiarity(bytesPerPiece: 3.5)) < score(.full))
        #expect(Familiarity(bytesPerPiece: 4.6) == .full && Familiarity(bytesPerPiece: 0).value == 0)
    }

    @Test func aHybridSearchIsReranked() async throws {
        let fixture = try CourseFixture()
        try await fixture.add("longe.md", ["A lista foi criada, e bem mais tarde foi encadeada por outra pessoa."])
        try await fixture.add("perto.md", ["Uma lista encadeada foi criada bem mais tarde por outra pessoa, foi."])
        try await fixture.add("nada.md", ["Outra coisa."])
        let question = "lista encadeada"
        let plain = try await fixture.retriever(reranker: nil).rank(question, limit: 10, mode: .hybrid)
        let reranked = try await fixture.retriever().rank(question, limit: 10, mode: .hybrid)
        #expect(Set(plain.map(\.id)) == Set(reranked.map(\.id)))
        let best = try #require(reranked.first)
        let documents = try await fixture.file.documentIDs(ofChunks: [best.id])
        #expect(documents == [try await fixture.file.document(path: "perto.md")?.id])
    }
}

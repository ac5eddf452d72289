import CourseStore
import Support
import Testing

@testable import Retrieval

/// A search that leaves documents out finds what a course without them would have given: the same passages, in the same
/// order, with the same scores and the same evidence. So nothing that is found tells of what is hidden.
@Suite struct HiddenDocumentsTests {
    private static let subjects = [
        "pilha", "fila", "árvore", "grafo", "recursão", "ordenação", "busca", "tabela", "lista", "matriz",
    ]

    /// Whether a document is hidden in these tests.
    private static func isHidden(_ number: Int) -> Bool { number % 3 == 1 }

    private static func pieces(_ number: Int) -> [String] {
        let (one, other) = (subjects[number % 10], subjects[(number * 7 + 3) % 10])
        // A word that is in hidden documents only, and one that is rare in the others.
        let rare = isHidden(number) ? "gabarito solucionador" : "exercício"
        return (0..<(1 + number % 3)).map {
            "A \(one) número \(number * 13 + $0) usa uma \(other) quando o \(rare) \($0 * 31 + number) pede. Parte \($0)."
        }
    }

    private static func course(_ numbers: some Sequence<Int>) async throws -> CourseFixture {
        let fixture = try CourseFixture()
        for number in numbers { try await fixture.add("\(number).md", pieces(number)) }
        return fixture
    }

    private static func hidden(_ fixture: CourseFixture) async throws -> Set<String> {
        let documents = try await fixture.file.documents()
        return Set(documents.filter { isHidden(Int($0.path.dropLast(3)) ?? 0) }.map(\.id))
    }

    /// All of a passage but the numbers of its chunks and its document, which are the file's own.
    private static func told(_ result: RetrievalResult) -> [String] {
        result.passages.map {
            "\($0.documentPath) \($0.text) \($0.score) \($0.similarity ?? -1) \($0.lexicalScore ?? -1)"
        } + ["\(result.evidence)"]
    }

    @Test(arguments: SearchMode.allCases)
    func aFilteredSearchIsThatOfTheOtherDocuments(mode: SearchMode) async throws {
        let whole = try await Self.course(0..<40)
        let rest = try await Self.course((0..<40).filter { !Self.isHidden($0) })
        let veiled = whole.retriever().without(try await Self.hidden(whole))
        for question in [
            "O que é uma pilha?", "gabarito", "árvore e grafo", "gabarrito", "exercicio", "solucionadr",
            "Qual tabela pede recursão?",
        ] {
            for limit in [3, 50] {
                let found = try await veiled.search(question, limit: limit, mode: mode)
                let expected = try await rest.retriever().search(question, limit: limit, mode: mode)
                #expect(Self.told(found) == Self.told(expected), "\(question) \(limit)")
            }
        }
        let query = RetrievalQuery("e a fila?", context: [.init("O que é uma pilha?", words: 0.5, meaning: 0.5)])
        #expect(
            Self.told(try await veiled.search(query, mode: mode))
                == Self.told(try await rest.retriever().search(query, mode: mode)))
    }

    @Test func aChangedCourseIsSeenAnew() async throws {
        let whole = try await Self.course(0..<12)
        let hidden = try await Self.hidden(whole)
        let veiled = whole.retriever().without(hidden)
        _ = try await veiled.search("gabarito")
        // The hidden document comes anew, with other chunks; another one comes that everybody may see.
        try await whole.add("1.md", ["O gabarito novo da pilha."])
        try await whole.add("99.md", ["A pilha nova."])
        let found = try await veiled.search("gabarito da pilha nova", limit: 50)
        #expect(found.passages.contains { $0.documentPath == "99.md" })
        #expect(!found.passages.contains { hidden.contains($0.documentID) })
        #expect(try await whole.retriever().search("gabarito novo").passages.first?.documentPath == "1.md")
    }

    @Test func whatIsNotThereHidesNothing() async throws {
        let whole = try await Self.course(0..<6)
        let plain = try await whole.retriever().search("pilha")
        let found = try await whole.retriever().without(["nothing"]).search("pilha")
        #expect(Self.told(found) == Self.told(plain))
        let all = Set(try await whole.file.documents().map(\.id))
        #expect(try await whole.retriever().without(all).search("pilha").passages.isEmpty)
        #expect(try await whole.file.titles(limit: 3, without: all).isEmpty)
        #expect(try await whole.file.titles(limit: 3, without: ["nothing"]).count == 3)
    }

    @Test func theRestOfRanges() {
        #expect(ChunkRanges([]).complement.ranges == [.min ... .max])
        #expect(ChunkRanges([3...5, 9...9]).complement.ranges == [.min...2, 6...8, 10 ... .max])
        #expect(ChunkRanges([.min ... .max]).complement.ranges.isEmpty)
        #expect(ChunkRanges([.min...0, 7 ... .max]).complement.ranges == [1...6])
    }
}

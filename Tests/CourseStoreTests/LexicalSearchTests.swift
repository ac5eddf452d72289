import Support
import TestSupport
import Testing

@testable import CourseStore

@Suite struct LexicalSearchTests {
    private let fixture: CourseFixture
    private let file: CourseFile

    init() throws {
        fixture = try CourseFixture()
        file = try fixture.open()
    }

    private func load(_ texts: [String], title: String = "Aula", section: [String] = []) async throws {
        try await file.replace(
            CourseFixture.document("a.md", title: title),
            chunks: texts.map { CourseFixture.chunk($0, section: section) },
            vectors: texts.flatMap { _ in SeededNumbers.fixed })
    }

    private func texts(_ query: String, limit: Int = 10) async throws -> [String] {
        let found = try await file.lexicalSearch(query, limit: limit)
        #expect(found.map(\.score) == found.map(\.score).sorted(by: >))
        return try await file.chunks(ids: found.map(\.id)).map(\.text)
    }

    @Test func accentsCaseAndPluralsDoNotMatter() async throws {
        try await load(["A função recursiva chama a si mesma.", "Graphs and trees.", "Nada disso."])
        #expect(try await texts("FUNCAO") == ["A função recursiva chama a si mesma."])
        #expect(try await texts("graph tree") == ["Graphs and trees."])
    }

    @Test func composedAndDecomposedLettersAreTheSame() async throws {
        try await load(["A func\u{327}a\u{303}o composta.", "Jørgen Straße."])
        #expect(try await texts("fun\u{e7}\u{e3}o").count == 1)
        #expect(try await texts("funcao").count == 1)
        #expect(try await texts("func\u{327}a\u{303}o").count == 1)
        #expect(try await texts("JØRGEN").count == 1)
        #expect(try await texts("straße").count == 1)
    }

    @Test func titleAndSectionAreSearchedToo() async throws {
        try await load(["Texto."], title: "Programação dinâmica", section: ["Aula 7", "Mochila"])
        #expect(try await texts("dinamica") == ["Texto."])
        #expect(try await texts("mochila") == ["Texto."])
    }

    @Test func stopWordsCountOnlyWhenThereIsNothingElse() async throws {
        try await load(["Ser ou não ser.", "Pilha e fila."])
        #expect(try await texts("o que é a pilha?") == ["Pilha e fila."])
        #expect(try await texts("ou não") == ["Ser ou não ser."])
    }

    @Test func rarerWordsAndTitlesWeighMore() async throws {
        try await load(["algoritmo comum", "algoritmo comum", "algoritmo raro", "algoritmo"])
        #expect(try await texts("algoritmo raro").first == "algoritmo raro")
    }

    @Test(arguments: ["quicksort", "quiksort", "quicskort", "qiucksort", "quicksortt", "quecksort", "quickzorf"])
    func aWordThatIsNowhereStandsForItsNeighbour(word: String) async throws {
        try await load(["O quicksort divide e conquista.", "A pilha guarda valores."])
        #expect(try await texts("como funciona o \(word)?") == ["O quicksort divide e conquista."])
    }

    @Test func wordsThatAreThereAreNotCorrected() async throws {
        try await load(["a pilha cresce", "a palha seca", "um grafo"])
        #expect(try await texts("palha") == ["a palha seca"])
        #expect(try await texts("folha").isEmpty)
        #expect(try await texts("xyzzy").isEmpty)
        #expect(try await texts("pihlas") == ["a pilha cresce"])
    }

    @Test func editsAreCounted() {
        func distance(_ left: String, _ right: String) -> Int? {
            Spelling.distance(Array(left.utf8), Array(right.utf8), limit: 2)
        }
        #expect(distance("pilha", "pilha") == 0 && distance("pilha", "pihla") == 1)
        #expect(distance("pilha", "pila") == 1 && distance("pilha", "pilhas") == 1 && distance("pilha", "polha") == 1)
        #expect(distance("pilha", "plihsa") == 2 && distance("pilha", "grafo") == nil && distance("", "ab") == 2)
    }

    @Test func onePassScoresTheUnionAsTheSearchDoes() async throws {
        try await load((0..<50).map { "palavra \($0) " + String(repeating: "pilha ", count: $0 % 7 + 1) })
        let best = try await file.lexicalSearch("pilha palavra", limit: 20)
        let ids = best.map(\.id)
        let hits = try await file.lexicalSearch("pilha palavra", limit: 20, scoring: ids)
        #expect(hits.best.map(\.score) == best.map(\.score))
        let scores = try await file.lexicalScores("pilha palavra", ids: ids + [777])
        #expect(scores[777] == 0 && scores.count == 21)
        for chunk in best {
            #expect(hits.scores[chunk.id] == chunk.score && scores[chunk.id] == chunk.score)
        }
    }

    @Test func occurrencesTellWhereEachWordIs() async throws {
        try await load(["pilha e fila", "pilha", "lista"])
        let ids = try await file.lexicalSearch("pilha lista", limit: 9).map(\.id).sorted()
        let found = try await file.occurrences("A pilha, a fila e o unicórnio", in: Array(ids.prefix(2)))
        #expect(found.map(\.term) == ["pilha", "fila", "unicórnio"])
        #expect(found.map(\.frequency) == [2, 1, 0])
        #expect(found.map(\.chunkIDs.count) == [2, 1, 0])
    }

    @Test func aQuestionOf8000CharactersIsSearchedByItsFirstWords() async throws {
        try await load(["pilha e fila", "outra coisa"])
        let long = "pilha " + (0..<2000).map { "w\($0)" }.joined(separator: " ")
        #expect(QuestionWords(long).words.count == QuestionWords.limit)
        #expect(try await texts(String(long.prefix(8000))) == ["pilha e fila"])
        #expect(try await texts(String(repeating: "x", count: 8000)) == [])
    }

    @Test(arguments: [
        "\"", "\"\"", "\"pilha", "pilha\"", "'pilha'", "*", "pilha*", "NEAR", "NEAR(pilha fila)", "NEAR(pilha fila, 2)",
        "NOT pilha", "pilha NOT fila", "AND", "OR", "pilha AND", "AND OR NOT", "-pilha", "- pilha", "^pilha",
        "title:pilha", "title : pilha", "{title text}: pilha", "-title:pilha", "(pilha", "pilha)", "((", "pilha + fila",
        "pilha;DROP TABLE chunk", "\\\"pilha\\\"", "\u{0}pilha\u{0}", "pilha\u{0}\"", "👩‍🏫 pilha 🔥", "🔥", "",
        " \n\t", "%pilha_", "`pilha`", "[pilha]", "#pilha", "@pilha", "$1 ?1 :a pilha", "…pilha…", "ｐｉｌｈａ pilha",
        "p\u{301}ilha pilha", "\u{202e}pilha", "\u{feff}pilha", "pilha\u{1f}fila", "rank MATCH 'x' pilha",
    ])
    func nothingInAQuestionIsSyntax(question: String) async throws {
        try await load(["A pilha guarda valores.", "Outro texto sem a palavra."])
        let found = try await texts(question)
        if question.contains("pilha") {
            #expect(found.first == "A pilha guarda valores.", "\(question)")
        } else {
            #expect(found.isEmpty, "\(question)")
        }
    }

    @Test func randomHostileQuestionsNeverFail() async throws {
        try await load(["A pilha guarda valores.", "Near and not or and."])
        let pieces = [
            "\"", "'", "*", "NEAR", "NEAR(", ")", "(", "-", "+", "^", ":", "{", "}", "AND", "OR", "NOT", " ", "pilha",
            "\u{0}", "\\", ",", "é", "👩‍🏫", "\u{301}", "\u{200d}", "漢字", "title", "1e9", ".", "\u{fffd}", "\u{10ffff}",
        ]
        var numbers = SeededNumbers(10)
        for _ in 0..<400 {
            let count = Int.random(in: 0..<40, using: &numbers)
            let question = (0..<count).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &numbers)] }.joined()
            let found = try await file.lexicalSearch(question, limit: 3)
            #expect(found.count <= 2)
            _ = try await file.occurrences(question, in: found.map(\.id))
        }
    }
}

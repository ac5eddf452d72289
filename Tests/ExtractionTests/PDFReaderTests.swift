import Support
import TestSupport
import Testing

@testable import Extraction

@Suite struct PDFReaderTests {
    private func read(_ name: String) throws -> ExtractedDocument {
        try DocumentExtractor.extract(path: DocumentFixture.path(name))
    }

    private func headings(_ document: ExtractedDocument) -> [String] {
        document.blocks.filter { $0.kind == .heading }.map { "\($0.level) " + document.text.utf8Substring($0.range) }
    }

    @Test func pagesAndHeadings() throws {
        let document = try read("multi_page.pdf")
        #expect(document.pageCount == 5 && document.emptyPages.isEmpty && document.language == "en")
        #expect(document.title == "The Evolution of the Word Processor")
        #expect(
            headings(document).prefix(4) == [
                "1 The Evolution of the Word Processor", "1 Pre-Digital Era (19th - Early 20th Century)",
                "1 The Birth of Word Processing (1960s - 1970s)", "1 The Rise of Personal Computers (1980s)",
            ])
        #expect(document.text.contains("evolved through several technological milestones."), "lines are joined")
        #expect(!document.text.contains("•"), "bullets without items are dropped")
        let modern = try #require(
            document.blocks.first { document.text.utf8Substring($0.range).hasPrefix("The Modern") })
        #expect(document.pages(of: modern.range) == 2...2)
    }

    @Test func numbersAndTitlesOfSectionsAreBroughtTogether() throws {
        #expect(headings(try read("pdflatex-outline.pdf")).prefix(3) == ["1 1 Foo", "1 2 Bar", "1 3 Baz"])
    }

    @Test func aBookInPortuguese() throws {
        let document = try read("abntex2-modelo-livro.pdf")
        #expect(document.title == "Exemplo de livro produzido com abnTeX2")
        #expect(document.pageCount == 25 && document.emptyPages == [2, 6, 8, 10, 22, 24])
        #expect(document.warnings == ["6 of 25 pages are blank: 2, 6, 8, 10, 22, 24."])
    }

    @Test func columnsAreNotInterleaved() throws {
        let text = TextCleaner.collapsingWhiteSpace(try read("multicolumn.pdf").text)
        #expect(
            text.contains(
                "Ut purus elit, vestibulum ut, placerat ac, adipiscing vitae, felis. Curabitur dictum gravida"))
    }

    @Test func ligaturesAreSpeltOut() throws {
        #expect(try read("copy_paste_ligatures.pdf").text.contains("ghijklmno"))
        #expect(
            try read("copy_paste_ligatures.pdf").text
                .hasPrefix(["abcdef", "ff", "fi", "fl", "ffi", "ffl", "st", "st", "ghi"].joined()))
    }

    @Test func wordsThatStandAboveEachOtherAreApart() throws {
        let text = try PDFFixture.made("vertical.pdf").text
        #expect(
            text.split(separator: "Número de características do grafo", omittingEmptySubsequences: false).count == 3)
    }

    @Test func aDocumentOfNothingButNumbersKeepsThem() throws {
        let document = try PDFFixture.made("bare-numbers.pdf")
        #expect(document.page(1) == "1" && document.page(2) == "2")
    }

    /// What two tools at once may have is too little for its second page.
    @Test func whatLacksMemoryIsReadAgainByItself() throws {
        let path = PDFFixture.path("greedy.pdf")
        var tools = PDFTools()
        tools.memoryLimit = 160 << 20
        #expect(try tools.layout(of: path, pages: 1...2).end != .exited(0))
        #expect(try tools.styles(of: path, pages: 1...2).end != .exited(0))
        let document = try PDFFixture.read(path)
        #expect(document.page(1) == "Antes da página voraz" && document.page(2) == "Texto da página voraz")
        #expect(document.warnings.isEmpty)
    }

    // MARK: Lines

    private func lines(_ text: String) -> [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    @Test func hyphenatedWordsAreJoined() {
        let joiner = LineJoiner(vocabularyOf: ["a well-known word and an algorithm"])
        func join(_ text: String) -> String { joiner.paragraphs(lines(text)).joined(separator: "|") }
        #expect(join("this is one of the longer algo-\nrithm lines") == "this is one of the longer algorithm lines")
        #expect(
            join("this is one of the longer well-\nknown lines here")
                == "this is one of the longer well-known lines here")
        #expect(
            join("a função de que se fala tornou-\nse conhecida por todos")
                == "a função de que se fala tornou-se conhecida por todos")
        #expect(
            join("between the years of 1914-\n1918 and some more") == "between the years of 1914- 1918 and some more")
        #expect(
            join("a list of numbers, a dash -\nand then some more") == "a list of numbers, a dash - and then some more")
    }

    @Test func aShortLastLineEndsAParagraph() {
        let joiner = LineJoiner(vocabularyOf: [])
        let text =
            "A paragraph that goes on to the margin of\nthe page ends here.\nAnother one begins with a large letter and\ngoes on."
        #expect(
            joiner.paragraphs(lines(text)) == [
                "A paragraph that goes on to the margin of the page ends here.",
                "Another one begins with a large letter and goes on.",
            ])
        #expect(joiner.paragraphs(lines("one\ntwo\nthree")) == ["one\ntwo\nthree"], "short lines are a list or a poem")
    }

    /// Pages of lines between white ones, without places.
    private func pages(_ texts: [String]) -> [LayoutPage] {
        texts.enumerated().map { index, text in
            let blocks = lines(text).split(whereSeparator: \.isEmpty).map { $0.map(String.init) }
            return .plain(number: index + 1, blocks: blocks)
        }
    }

    private func withoutFurniture(_ texts: [String]) -> [[String]] {
        PageFurniture.removed(from: pages(texts), bodySize: 0, title: nil)
            .map { $0.blocks.flatMap(\.lines).map(\.text) }
    }

    @Test func runningHeadsAndPageNumbersGo() {
        let cleaned = withoutFurniture(
            (1...6).map { "Algoritmos I\n\nExercício \($0)\nQual é\na resposta \($0)?\n\n\($0 + 8)" })
        #expect(cleaned[0] == ["Algoritmos I", "Exercício 1", "Qual é", "a resposta 1?"])
        #expect(cleaned[5] == ["Exercício 6", "Qual é", "a resposta 6?"])
    }

    @Test func numbersThatAreNoPageNumbersStay() {
        let numbers = withoutFurniture([40, 7, 12, 3, 99, 5].map { "Resultado do exercício\nfoi\n\($0)" })
        #expect(numbers.map { $0.last } == ["40", "7", "12", "3", "99", "5"])
        #expect(withoutFurniture(["a\n1", "b\n2"]) == [["a"], ["b"]], "short documents, too")
    }

    @Test(arguments: [
        ("12", 12), ("- 12 -", 12), ("Page 12", 12), ("Página 12 de 30", 12), ("12/30", 12), ("xii", 12), ("iv", 4),
        ("mix", nil), ("12 apples", nil), ("1 2 3", nil), ("", nil), ("99999", nil), ("Figure 3", nil),
    ])
    func pageNumbers(_ line: String, _ number: Int?) { #expect(PageNumber.value(of: line[...]) == number) }

    @Test(arguments: [
        ("3.1 Ordenação por inserção", "2 3.1 Ordenação por inserção"), ("Capítulo 4 Grafos", "1 Capítulo 4 Grafos"),
        ("Introdução", "1 Introdução"), ("The Art of Computer Programming", "1 The Art of Computer Programming"),
        ("ORDENAÇÃO EXTERNA", "1 ORDENAÇÃO EXTERNA"),
        ("1. Programas de computador.", nil), ("Introdução . . . . . . 7", nil), ("this is just a line", nil),
        ("2017 Was a Good Year", nil), ("Row 1", nil), ("O vetor é ordenado", nil),
    ])
    func headingRules(_ line: String, _ heading: String?) {
        var rules = HeadingRules()
        let text = lines("Texto que segue o título e tem mais de quarenta letras.")
        rules.beginPage([[line], text.map(String.init)])
        #expect(rules.heading(lines(line), next: text).map { "\($0.level) \($0.text)" } == heading)
    }

    @Test func programsAreKeptApartFromProse() {
        let runs = CodeRules.runs(
            of: lines("As the listing shows,\nint x = f(y);\nreturn x;\n}\nit is short; isn't it?"))
        #expect(runs.map(\.isCode) == [false, true, false])
        #expect(runs.map(\.lines.count) == [1, 3, 1])
    }

    @Test(arguments: [
        (
            "def f(v):\nif len(v) <= 1:\nreturn v[:]\nm = len(v) // 2\nv[i], v[j] = v[j], v[i]\nr += a[i:]\nprint(r)\n# fim",
            true
        ),
        (">>> f([2, 1])\n[1, 2]\n>>> f([])", true), ("import random\nfrom math import sqrt\nx = sqrt(2)", true),
        ("return to the first page\nand import goods from there\nfor the sake of example:\nif you can", false),
        ("O resultado (ver abaixo)\né claro (ver acima)", false), ("Let x be such that x = y\nholds for all y", false),
    ])
    func statements(_ text: String, _ isCode: Bool) {
        #expect(CodeRules.runs(of: lines(text)).map(\.isCode) == [isCode])
    }

    @Test func aMissingToolIsSaid() {
        let tools = PDFTools(folders: ["/nowhere"])
        #expect(throws: IngestError.missingTool("pdfinfo")) {
            try DocumentExtractor.extract(path: DocumentFixture.path("multi_page.pdf"), tools: tools)
        }
    }

    @Test func pageLists() {
        #expect(PageList.text([1, 2, 3, 7]) == "1-3, 7")
        #expect(PageList.text(Array(stride(from: 1, through: 99, by: 2))).hasSuffix("23 and more"))
    }
}

import Embedding
import Support
import TestSupport
import Testing

@testable import Extraction
@testable import Ingest

/// What holds for the chunks of every document, and how particular structures are cut.
@Suite struct ChunkerTests {
    private let embedder: SentenceEmbedder

    init() throws { embedder = try Model.embedder() }

    // MARK: What always holds

    @Test(arguments: [
        "../metaphysics.md", "../faquad.md", "wiki_duck.html", "mixed.md", "multi_page.pdf", "abntex2-modelo-livro.pdf",
        "testPDF_bad_page_303226.pdf", "multicolumn.pdf", "umlauts-non-utf8.md", "fake-text-utf-16-be.txt",
    ])
    func realDocuments(_ file: String) throws {
        let document = try DocumentExtractor.extract(path: Fixture.document(file))
        try check(document, window: embedder.window)
    }

    @Test(arguments: [64, Chunker.smallestWindow])
    func smallWindows(_ window: Int) throws {
        try check(try DocumentExtractor.extract(path: Fixture.document("multi_page.pdf")), window: window)
    }

    @Test(arguments: [
        String(repeating: "x", count: 60_000),
        String(repeating: "palavra ", count: 4_000),
        String(repeating: "検索拡張生成", count: 1_000),
        String(repeating: "👩🏽‍🎓", count: 400),
        String(repeating: "a\n", count: 1_000),
        String(repeating: "Sr. A. B. C. ", count: 600),
        "# " + String(repeating: "título muito longo ", count: 200) + "\n\ntexto",
        String(repeating: "# a\n## b\n### c\n", count: 200),
        "| a | b |\n|---|---|\n" + String(repeating: "| " + String(repeating: "z ", count: 300) + "| 2 |\n", count: 5),
        "```\n" + String(repeating: "let x = f(y); ", count: 300) + "\n```\n",
        "- " + String(repeating: "item sem fim, ", count: 300),
        "[SEP] [CLS] [UNK] \u{0301}\u{0301} ﷽ ǅ ß İ\u{200b}",
    ])
    func strangeTexts(_ text: String) throws {
        let decoded = try #require(TextDecoder.decode(Array(text.utf8)))
        for document in [
            try MarkdownReader.read(decoded), try PlainTextReader.read(decoded), try SourceCodeReader.read(decoded),
        ] {
            try check(document, window: embedder.window)
        }
    }

    @Test func randomMarkdown() throws {
        let pieces = [
            "# Um\n", "## Dois\n\n", "texto curto. ", "\n\n", "- item\n", "| a | b |\n|---|---|\n| 1 | 2 |\n",
            "```\ncode {\n",
            "```\n", "Uma frase mais longa, com acentuação. Another sentence follows here! ", "***\n", "> ",
            "    indented\n",
            "\u{fffd}", "é", "$x_1$ ", "<div>", "</div>\n", "[a](b)", "===\n",
            String(repeating: "muitas palavras ", count: 80),
        ]
        var random = LinearCongruential(seed: 7)
        for _ in 0..<30 {
            let text = (0..<Int.random(in: 1...120, using: &random)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &random)]
            }.joined()
            let decoded = try #require(TextDecoder.decode(Array(text.utf8)))
            guard let document = try? MarkdownReader.read(decoded) else { continue }
            try check(document, window: Int.random(in: Chunker.smallestWindow...embedder.window, using: &random))
        }
    }

    private func check(_ document: ExtractedDocument, window: Int, title: String = "Um título") throws {
        let chunker = Chunker(window: window) { [embedder] in embedder.tokenCount($0) }
        let chunks = chunker.chunks(of: document, title: title)
        var faults: [String] = []
        var covered = 0
        func isBlank(_ range: Range<Int>) -> Bool {
            document.text.utf8Slice(range).allSatisfy { TextCleaner.isWhiteSpace($0) }
        }
        for (index, chunk) in chunks.enumerated() {
            if chunk.text != document.text.utf8Substring(chunk.offset) { faults.append("\(index) is not verbatim") }
            if embedder.tokenCount(chunk.embeddedText) > window { faults.append("\(index) is cut in its vector") }
            if chunk.tokenCount != embedder.tokenCount(chunk.text) { faults.append("\(index) is counted wrongly") }
            // Of the text, only headings may be missing after the prefix, and these are in the prefix.
            let embedded = Set(words(chunk.embeddedText))
            if !words(chunk.text).allSatisfy(embedded.contains) { faults.append("\(index) lost words") }
            if chunk.offset.lowerBound > covered, !isBlank(covered..<chunk.offset.lowerBound) {
                faults.append("a gap before \(index)")
            }
            if index > 0, chunk.offset.upperBound <= covered { faults.append("\(index) holds nothing new") }
            covered = max(covered, chunk.offset.upperBound)
        }
        if !isBlank(covered..<document.text.utf8.count) { faults.append("the end is missing") }
        #expect(faults.isEmpty)
    }

    private func words(_ text: String) -> [Substring] {
        text.utf8.split(whereSeparator: { TextCleaner.isWhiteSpace($0) }).map { Substring($0) }
    }

    // MARK: Structure

    private func chunks(_ markdown: String, window: Int = 64, title: String = "Curso") throws -> [DocumentChunk] {
        let decoded = try #require(TextDecoder.decode(Array(markdown.utf8)))
        return Chunker(window: window) { [embedder] in embedder.tokenCount($0) }
            .chunks(of: try MarkdownReader.read(decoded), title: title)
    }

    @Test func headingsMakeTheSectionPath() throws {
        let chunks = try chunks(
            "# Grafos\n\nIntro.\n\n## Busca\n\nTexto.\n\n### Largura\n\nFila.\n\n## Pesos\n\nDijkstra.\n")
        #expect(
            chunks.map(\.section) == [
                ["Grafos"], ["Grafos", "Busca"], ["Grafos", "Busca", "Largura"], ["Grafos", "Pesos"],
            ])
        #expect(chunks.map(\.text).last == "Pesos\n\nDijkstra.")
        #expect(chunks.map(\.embeddedText).last == "Curso\nGrafos\nPesos\nDijkstra.")
    }

    @Test func headingsWithoutTextAreKept() throws {
        let chunks = try chunks("# A\n\n# B\n\ntexto\n\n# C\n")
        #expect(chunks.map(\.text) == ["A\n\nB\n\ntexto", "C"])
        #expect(chunks[0].section == ["B"])
        #expect(chunks[0].embeddedText == "Curso\nB\nA\n\nB\n\ntexto", "A is said, though it is not above the text")
        #expect(chunks[1].embeddedText.hasSuffix("C"))
    }

    @Test func paragraphsThatFitStayWhole() throws {
        let paragraph = "O algoritmo divide o vetor ao meio. Depois ordena as duas metades. No fim intercala as partes."
        let chunks = try chunks([paragraph, paragraph, paragraph].joined(separator: "\n\n"), window: 80)
        #expect(chunks.count > 1)
        for chunk in chunks { #expect(chunk.text.hasSuffix(paragraph)) }
    }

    @Test func longParagraphsAreCutAtSentencesWithOneRepeated() throws {
        let sentences = (1...60).map { "A frase de número \($0) termina aqui." }
        let chunks = try chunks(sentences.joined(separator: " "), window: 128)
        #expect(chunks.count > 3)
        for chunk in chunks {
            #expect(chunk.text.hasPrefix("A frase") && chunk.text.hasSuffix("aqui."))
        }
        for (left, right) in zip(chunks, chunks.dropFirst()) {
            let shared = left.offset.upperBound - right.offset.lowerBound
            #expect((1..<50).contains(shared), "one sentence is in both")
        }
    }

    @Test func nothingIsRepeatedAcrossAHeading() throws {
        let text = (1...12).map { "Frase \($0) do texto." }.joined(separator: " ")
        let chunks = try chunks("# A\n\n\(text)\n\n# B\n\n\(text)")
        let first = try #require(chunks.firstIndex { $0.section == ["B"] })
        #expect(chunks[first].offset.lowerBound >= chunks[first - 1].offset.upperBound)
    }

    @Test func tablesThatAreTooLongSayTheirHeadAgainInTheVector() throws {
        let rows = (1...40).map { "| aluno \($0) | nota \($0) |" }.joined(separator: "\n")
        let chunks = try chunks("| nome | resultado |\n|---|---|\n\(rows)")
        #expect(chunks.count > 3)
        for chunk in chunks {
            #expect(chunk.embeddedText.hasPrefix("Curso\nnome | resultado\n"))
            #expect(chunk.text.hasPrefix("aluno") || chunk.text.hasPrefix("nome"))
        }
        #expect(chunks[1].text.hasPrefix("aluno"), "the text stays verbatim")
    }

    @Test func codeStaysWholeOrIsCutAtLines() throws {
        let code = (1...8).map { "    linha_\($0) = f(\($0))" }.joined(separator: "\n")
        let whole = try chunks("Exemplo de um programa curto:\n\n```python\n\(code)\n```", window: 128)
        #expect(whole.count == 1 && whole[0].text.hasSuffix("f(8)"))
        let cut = try chunks("```python\n\(code)\n```", window: 40)
        #expect(cut.count > 1)
        for chunk in cut { #expect(chunk.text.hasSuffix(")")) }
    }

    @Test func codeThatIsTooLongIsCutAtBlankLines() throws {
        let functions = (1...6).map { "def f\($0)(x):\n    y = x * \($0)\n    return y" }
        let chunks = try chunks("```python\n\(functions.joined(separator: "\n\n"))\n```", window: 80)
        #expect(chunks.count > 1)
        for chunk in chunks { #expect(chunk.text.hasPrefix("def") && chunk.text.hasSuffix("return y")) }
    }

    @Test(arguments: [
        "$f(x) = 1. Logo g(x) = 2 + 3 + 4$", "$$\\sum_{i=1}^{n} i. A = b$$", "\\[ a = b. C = d \\]",
        "\\begin{align} a &= b. \\\\ C &= d \\end{align}",
    ])
    func aFormulaStaysWhole(_ formula: String) throws {
        let words = (1...9).map { "palavra\($0)" }.joined(separator: " ")
        for paragraph in [
            String(repeating: "\(words) \(formula) \(words). ", count: 8),
            String(repeating: "\(words) \(formula), ", count: 12),
        ] {
            let document = ExtractedDocument.plainText(paragraph)
            for window in [64, 80, 100, 128] {
                let chunks = Chunker(window: window) { [embedder] in embedder.tokenCount($0) }
                    .chunks(of: document, title: "Curso")
                #expect(chunks.count > 1)
                let cut = chunks.filter { chunk in
                    let formulas = FormulaRanges(in: paragraph, 0..<paragraph.utf8.count)
                    return [chunk.offset.lowerBound, chunk.offset.upperBound].contains { formulas.around($0) != nil }
                }
                #expect(cut.map(\.text).isEmpty)
                try check(document, window: window)
            }
        }
    }

    @Test func aFormulaThatIsTooLongIsCutAtLines() throws {
        let lines = (1...30).map { "x_\($0) &= a_\($0) + b_\($0) \\\\" }
        let text = "$$\n" + lines.joined(separator: "\n") + "\n$$"
        let chunks = Chunker(window: 64) { [embedder] in embedder.tokenCount($0) }
            .chunks(of: .plainText(text), title: "Curso")
        #expect(chunks.count > 1)
        for chunk in chunks.dropFirst() { #expect(chunk.text.hasPrefix("x_")) }
    }

    @Test func aLongTitleLeavesRoomForTheText() throws {
        let title = String(repeating: "Um título que não acaba ", count: 100)
        let chunks = try chunks("# " + title + "\n\nO texto conta.", title: title)
        let text = try #require(chunks.last)
        #expect(text.embeddedText.hasSuffix("O texto conta."))
        #expect(embedder.tokenCount(text.embeddedText) <= 64)
    }

    @Test func placesAndRecognisedPagesFollowTheText() throws {
        var builder = DocumentBuilder()
        builder.markKind = .cells
        builder.pageUnit = .slide
        for page in 1...3 {
            builder.beginPage()
            try builder.heading("Folha \(page)", level: 1)
            try builder.add(
                .table,
                lines: (1...40).map { ("aluno \(page)\($0) | \($0)", "Folha \(page)!A\($0)", "B\($0)") },
                headerLines: 1)
        }
        let document = builder.finish(
            title: nil, mediaType: "application/x-test", pageCount: 3, recognisedPages: [2])
        let chunks = Chunker(window: 128) { [embedder] in embedder.tokenCount($0) }
            .chunks(of: document, title: "Notas")
        #expect(chunks.count > 5)
        for chunk in chunks {
            let page = try #require(chunk.pages?.lowerBound)
            #expect(chunk.recognised == (page == 2))
            let first = try #require(chunk.text.split(separator: "\n").first { $0.hasPrefix("aluno") })
            let last = try #require(chunk.text.split(separator: "\n").last)
            let (from, to) = (first.split(separator: " ")[3], last.split(separator: " ")[3])
            #expect(chunk.place == "Folha \(page)!A\(from):B\(to)")
            #expect(chunk.embeddedText.hasPrefix("Notas\nFolha \(page)\naluno \(page)1 | 1\n"))
        }
    }

    @Test func pagesFollowTheText() throws {
        let document = try DocumentExtractor.extract(path: Fixture.document("multi_page.pdf"))
        let chunks = Chunker(embedder: embedder).chunks(of: document, title: "Word processors")
        #expect(chunks.first?.pages?.lowerBound == 1)
        #expect(chunks.last?.pages?.upperBound == 5)
        let modern = try #require(chunks.first { $0.section == ["The Modern Era (1990s - Present)"] })
        #expect(modern.pages == 2...2)
    }
}

import Support
import TestSupport
import Testing

@testable import Extraction

@Suite struct PDFLayoutTests {
    @Test func theOutlineTellsHeadingsThatTheTypeDoesNot() throws {
        let document = try PDFFixture.made("outline.pdf")
        #expect(
            document.texts(.heading) == [
                "1 1 Grafos", "2 Representações", "3 Matriz de adjacência", "2 Percursos", "1 5 Árvores",
            ])
    }

    @Test func sizeAndWeightTellHeadings() throws {
        #expect(
            try PDFFixture.awkward("multi-column-2p.pdf").texts(.heading).prefix(4) == [
                "1 Dense Passage Retrieval for Open-Domain Question Answering", "1 Abstract", "1 1 Introduction",
                "1 2 Background",
            ])
    }

    @Test func aColumnIsReadToItsEnd() throws {
        let document = try PDFFixture.made("columns.pdf")
        #expect(
            document.texts(.heading) == [
                "1 Um título sobre as duas colunas", "1 Seção da coluna esquerda", "1 Seção da coluna direita",
            ])
        #expect(document.blocks.map(\.kind) == [.heading, .paragraph, .heading, .paragraph, .heading, .paragraph])
    }

    @Test func tablesKeepTheirCells() throws {
        let document = try PDFFixture.made("table.pdf")
        #expect(
            document.texts(.table) == [
                "Método | Melhor caso | Pior caso | Estável\nInserção | n | n² | sim\nSeleção | n² | n² | não\n"
                    + "Intercalação | n log n | n log n | sim\nHeap | n log n | n log n | não"
            ])
        let table = try #require(document.blocks.first { $0.kind == .table })
        #expect(table.headerLength == "Método | Melhor caso | Pior caso | Estável\n".utf8.count)
    }

    @Test func tablesWithoutLinesAndWithEmptyCells() throws {
        let tables = try PDFFixture.awkward("SPARSE-2024-INV-1234_borderless_table.pdf").texts(.table)
        #expect(tables.count == 2)
        #expect(
            tables[0].hasPrefix(
                "Product Code | Location | Expected | Actual | Variance | Status\nSKU-8847 | A-12 | 450 |  |  |"))
        #expect(tables[1].contains("\nSKU-9201 | Hardware | $32.50 | $25,285.00 | 2024-10-22 | Verified\n"))
    }

    @Test func runningHeadsAreNoText() throws {
        let document = try PDFFixture.made("running-heads.pdf")
        #expect(document.texts(.heading) == ["1 Introdução", "1 Grafos", "1 Árvores"])
        #expect(document.text.components(of: "Estruturas de Dados") == 1, "the first stays: nothing else says it")
        #expect(document.text.components(of: "Página") == 0)
        #expect(!document.texts(.paragraph).contains { ["i", "ii", "iii"].contains($0) })
    }

    @Test func programsKeepTheirIndentation() throws {
        #expect(
            try PDFFixture.made("code.pdf").texts(.code) == [
                """
                def busca(grafo, inicio):
                    fila = [inicio]
                    while fila:
                        v = fila.pop(0)
                        for w in grafo[v]:
                            fila.append(w)

                    return None
                """
            ])
        #expect(
            try PDFFixture.awkward("code_and_formula.pdf").texts(.code) == [
                "function add(a, b) {\n    return a + b;\n}\nconsole.log(add(3, 5));"
            ], "letters that the listing has spaced out")
    }

    @Test func formValuesAndTurnedPagesAreRead() throws {
        let form = try PDFFixture.awkward("libreoffice-form.pdf").text
        #expect(form.contains("First Name Alice") && form.contains("Bob"))
        #expect(
            try PDFFixture.awkward("rotation.pdf").page(2)
                .hasPrefix("This is my second page. It will have a landscape layout."))
    }

    @Test func spacedLettersAreWords() throws {
        #expect(try PDFFixture.awkward("testExtraSpaces.pdf").text == "Here is some formatted text")
    }

    @Test func accentsAndRightToLeftAreLetters() throws {
        #expect(try PDFFixture.awkward("french_diacritics.pdf").text.hasPrefix("àÀâÂäÄçÇéÉèÈêÊ"))
        #expect(try PDFFixture.awkward("habibi.pdf").text == "حَبيبي\n\nحَبيبي habibi")
    }

    /// What pdftotext alone finds is there, but for furniture and hidden text.
    @Test(arguments: [
        "abntex2-modelo-livro.pdf", "code_and_formula.pdf", "multi_page.pdf", "multicolumn.pdf", "pdflatex-outline.pdf",
        "with-attachment.pdf", "libreoffice-form.pdf", "SPARSE-2024-INV-1234_borderless_table.pdf",
        "multi-column-2p.pdf",
    ])
    func noWordIsLost(_ name: String) throws {
        let path = DocumentFixture.path(name)
        let plain = try PDFTools().run("pdftotext", ["-q", "-enc", "UTF-8", path, "-"])
        func words(_ text: String) -> [Substring: Int] {
            TextCleaner.clean(text).lowercased().split { !$0.isLetter && !$0.isNumber }
                .reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
        let expected = words(String(decoding: plain.output, as: UTF8.self))
        let found = words(try PDFFixture.read(path).text)
        let lost = expected.reduce(0) { $0 + max($1.value - found[$1.key, default: 0], 0) }
        let all = expected.values.reduce(0, +)
        #expect(Double(lost) <= 0.01 * Double(all), "\(lost) of \(all)")
    }

    // MARK: Scanners

    @Test func numbersOfALayoutAreNotTrusted() {
        let rows = """
            level\tpage_num\tpar_num\tblock_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext
            5\t1\t0\t0\t0\t0\t1\t1\t1\t1\t100\tbefore any page
            1\t1\t0\t0\t0\t0\t0\t0\t600\t800\t-1\t###PAGE###
            3\t1\t0\t0\t0\t0\t10\t10\t50\t10\t-1\t###FLOW###
            4\t1\t0\t0\t0\t0\t10\t10\t50\t10\t-1\t###LINE###
            5\t1\t0\t0\t0\t0\t10.50\t10\t20\t10\t100\tone
            5\t99999999999999999999\t0\t0\t0\t1\t10\t10\tnan\t1e999\t100\ttwo
            5\t1\t0
            """
        let pages = PDFLayoutScanner.pages(Array(rows.utf8)).pages
        #expect(pages.count == 1 && pages[0].wordCount == 1)
        #expect(pages[0].lines[0].words[0].box == PDFBox(left: 10.5, top: 10, right: 30.5, bottom: 20))
        #expect(pages[0].lines[0].text.hasPrefix("one 5\t9999"), "what is no row goes on with the word before")
    }

    @Test func brokenMarkupIsPassedOver() {
        let xml = """
            link to page 2 <page number="1" height="10"><fontspec id="0" size="36" family="X+CMBX12" color="#FFFFFF"/>
            <text top="3" left="6" width="30" height="9" font="0">a < b &amp; c\u{1}</text><text top="x">no</text>
            <text top="30" left="6" width="30" height="9" font="7"><b>bold</b></text>
            <outline><item page="3">A &amp; B</item><outline><item page="4">C</item></outline></outline><text top=
            """
        let scanner = PDFStyleScanner(Array(xml.utf8))
        let pieces = scanner.pieces[1] ?? []
        #expect(pieces.map(\.box.left) == [2, 2])
        #expect(pieces.map(\.style.isBold) == [true, true] && pieces.map(\.style.isWhite) == [true, false])
        #expect(pieces.map(\.style.size) == [12, 0])
        #expect(
            scanner.outline == [
                PDFBookmark(title: "A & B", level: 1, page: 3), PDFBookmark(title: "C", level: 2, page: 4),
            ])
    }

    @Test func noBytesBreakTheScanners() {
        var random = LinearCongruential(seed: 11)
        let pieces = [
            "<", ">", "\"", "<text ", "top=\"", "</text>", "\t", "\n", "5", "1", "-", ".", "<outline>", "&#0;", "é",
        ]
        for _ in 0..<300 {
            let bytes = (0..<200).flatMap { _ in Array(pieces[Int(random.next() % UInt64(pieces.count))].utf8) }
            _ = PDFStyleScanner(bytes)
            #expect(PDFLayoutScanner.pages(bytes).pages.count <= 200)
            _ = PDFInformation(bytes)
            _ = PDFPictures(bytes)
        }
    }

    @Test func boxesOfTurnedPagesAreUpright() {
        func crop(_ rotation: Int) -> PDFBox? {
            PDFInformation(
                Array(
                    """
                    Pages: 1
                    Page    1 rot:   \(rotation)
                    Page    1 MediaBox:      0.00     0.00   600.00   800.00
                    Page    1 CropBox:      10.00    20.00   590.00   750.00
                    """.utf8)
            ).cropBoxes[1]
        }
        #expect(crop(0) == PDFBox(left: 10, top: 50, right: 590, bottom: 780))
        #expect(crop(90) == PDFBox(left: 20, top: 10, right: 750, bottom: 590))
        #expect(crop(180) == PDFBox(left: 10, top: 20, right: 590, bottom: 750))
        #expect(crop(270) == PDFBox(left: 50, top: 10, right: 780, bottom: 590))
    }
}

extension String {
    /// How often `part` occurs.
    fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}

import Support
import TestSupport
import Testing

@testable import Extraction

/// Workbooks: tables with their heads, each row with its place.
@Suite struct XLSXReaderTests {
    @Test func aGradebookIsReadSheetBySheet() throws {
        let book = try SlideFixture.read("notas.xlsx")
        #expect(book.title == "Diário de classe")
        #expect(book.isConsistent)
        #expect(
            book.texts() == [
                "heading1: Notas", "paragraph: Notas da turma de Algoritmos",
                """
                table: Aluno | Matrícula | Prova 1 | Prova 2 | Média | Data
                Ana Souza | 012.345-01 | 9.5 | 8.25 | 8.88 | 2026-03-15
                Bruno Lima | 000.000-45 | 7 | 6.5 | 6.75 | 2026-03-15
                Carla Dias | 012.345-03 | 10 | 0.3 | 5.15 | 2026-12-01
                """,
                "table: Item | Valor | Parte | Pago\nBolsa | R$ 1234.50 | 12.5% | TRUE\nMulta | -R$ 20.00 | 100.0% | #N/A",
                "paragraph: Obs.: entregar até sexta", "paragraph: 2026-07-01 14:30", "heading1: Horário da turma",
                "table: Dia | Manhã\nDia | Aula | Sala\nSegunda | Cálculo | 101\nSegunda | Física | 102\nTerça | Química | 103",
                "heading1: Tabela", "paragraph: Fonte: secretaria", "table: 2025 | 2026\n1 | 2\n3 | 4",
                "heading1: Oculto em parte", "table: nome | curso\nana | ADS\neva | CC",
            ])
        #expect(
            book.warnings == [
                "The sheet Listas is hidden and left out.", "1 hidden row was left out.",
                "1 hidden column was left out.",
                "1 cell comment was left out.",
            ])
    }

    @Test func everyRowHasItsPlace() throws {
        let book = try SlideFixture.read("notas.xlsx")
        func place(_ text: String) throws -> String? {
            let found = try #require(book.text.range(ofASCII: text))
            let start = book.text.utf8.distance(from: book.text.startIndex, to: found.lowerBound)
            return book.place(of: start..<(start + text.utf8.count))
        }
        #expect(try place("Bruno Lima | 000.000-45 | 7") == "Notas!A4:F4")
        #expect(try place("Aluno | Matr") == "Notas!A2:F2")
        #expect(try place("Bolsa") == "Notas!B9:E9")
        #expect(try place("Obs.: entregar") == "Notas!A13")
        #expect(try place("eva | CC") == "'Oculto em parte'!A4:C4")
        let table = try #require(book.blocks.first { $0.kind == .table })
        #expect(book.place(of: table.range) == "Notas!A2:F5")
        let headings = book.blocks.filter { $0.kind == .heading }
        #expect(
            headings.map { book.place(of: $0.range) }
                == ["Notas!A1", "'Horário da turma'!A1", "Tabela!A1", "'Oculto em parte'!A1"])
    }

    @Test func headsAreFound() throws {
        let book = try SlideFixture.read("notas.xlsx")
        let heads = book.blocks.filter { $0.kind == .table }.map {
            book.text.utf8Substring($0.range.lowerBound..<($0.range.lowerBound + $0.headerLength))
        }
        #expect(
            heads == [
                "Aluno | Matrícula | Prova 1 | Prova 2 | Média | Data\n", "Item | Valor | Parte | Pago\n",
                "Dia | Manhã\nDia | Aula | Sala\n", "2025 | 2026\n", "nome | curso\n",
            ])
    }

    @Test func formulasWithoutResultsAreReported() throws {
        let book = try SlideFixture.read("formulas_without_results.xlsx")
        #expect(book.texts().last == "table: a | b | soma\n1 | 2\n3 | 4")
        #expect(book.warnings.first?.hasPrefix("The file does not hold the results of 2 formulas.") == true)
    }

    /// A workbook of sheets with this inner XML, by name.
    private func book(
        _ sheets: KeyValuePairs<String, String>, properties: String = "", strings: String = ""
    ) throws -> ExtractedDocument {
        let names = SlideFixture.names
        let list = sheets.enumerated().map { #"<sheet name="\#($1.key)" sheetId="1" r:id="s\#($0)"/>"# }.joined()
        let base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        var links = #"<Relationship Id="t" Type="\#(base)/sharedStrings" Target="xl/sharedStrings.xml"/>"#
        for number in 0..<sheets.count {
            links += #"<Relationship Id="s\#(number)" Type="\#(base)/worksheet" Target="xl/s\#(number).xml"/>"#
        }
        var zip = OfficeZIP([
            "[Content_Types].xml": SlideFixture.types("spreadsheetml.sheet"),
            "_rels/.rels": SlideFixture.packageRelationships,
            "main.xml": "<workbook \(names)>\(properties)<sheets>\(list)</sheets></workbook>",
            "_rels/main.xml.rels":
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\(links)</Relationships>",
            "xl/sharedStrings.xml": "<sst \(names)>\(strings)</sst>",
        ])
        for (number, sheet) in sheets.enumerated() {
            zip.add("xl/s\(number).xml", Array("<worksheet \(names)>\(sheet.value)</worksheet>".utf8))
        }
        let folder = try TemporaryFolder()
        return try DocumentExtractor.extract(path: folder.write(zip.finished, to: "book.xlsx"))
    }

    @Test func kindsOfCells() throws {
        let book = try book(
            [
                "S": """
                <sheetData><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>99</v></c></row>
                <row><c t="inlineStr"><is><r><t>in </t></r><r><t>line</t></r></is></c><c t="str"><f>A1</f><v>made</v></c>
                <c t="b"><v>0</v></c><c t="e"><v>#DIV/0!</v></c><c t="d"><v>2026-03-15T00:00:00</v></c><c><v>1.0E2</v></c></row></sheetData>
                """
            ],
            strings: """
                <si><r><t>rich </t></r><r><rPr><b/></rPr><t>text</t></r></si>
                <si><t>漢字</t><rPh sb="0" eb="2"><t>カンジ</t></rPh><phoneticPr fontId="1"/></si>
                """)
        #expect(
            book.texts() == [
                "heading1: S", "table: rich text | 漢字\nin line | made | FALSE | #DIV/0! | 2026-03-15 | 100",
            ])
    }

    @Test func stylesAndTheEpochDecideOnDays() throws {
        let styles = """
            <styleSheet><numFmts><numFmt numFmtId="164" formatCode="d/m/yyyy"/></numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>
            <cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="10"/></cellXfs></styleSheet>
            """
        let sheet =
            #"<worksheet><row><c s="0"><v>1</v></c><c s="1"><v>1</v></c><c s="2"><v>1</v></c><c s="9"><v>1</v></c></row></worksheet>"#
        for (since1904, day) in [(true, "1904-01-02"), (false, "1900-01-01")] {
            let workbook = SheetScanner.Workbook(
                styles: try SheetStyles(Array(styles.utf8), what: "Excel document"), since1904: since1904)
            var scanner = SheetScanner(workbook, cellLimit: 10, rowLimit: 10)
            try scanner.read(Array(sheet.utf8), what: "Excel document")
            #expect(scanner.rows.first?.cells.map(\.text) == ["1", day, "100.00%", "1"])
        }
    }

    @Test func cornersOfAnEmptySheetCostNothing() throws {
        let book = try book([
            "S": """
            <dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row>
            <row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>
            """
        ])
        #expect(book.texts() == ["heading1: S", "paragraph: 1", "paragraph: 2"])
        #expect(book.place(of: (book.text.utf8.count - 1)..<book.text.utf8.count) == "S!XFD1048576")
    }

    @Test func widthAndLengthAreBounded() throws {
        let cells = (1...600).map { #"<c r="\#(SheetReference.letters($0))1"><v>\#($0)</v></c>"# }.joined()
        let wide = try book([
            "S": "<sheetData><row r=\"1\">\(cells)</row><row r=\"2\"><c r=\"A2\"><v>1</v></c></row></sheetData>"
        ])
        #expect(wide.text.contains(" | 512\n"))
        #expect(!wide.text.contains("513"))
        #expect(wide.warnings == ["The sheet S is very wide: only the first 512 columns were read."])

        var scanner = SheetScanner(.init(), cellLimit: 5, rowLimit: 3)
        let rows = (1...9).map { "<row><c><v>\($0)</v></c><c><v>0</v></c></row>" }.joined()
        try scanner.read(Array("<worksheet><sheetData>\(rows)</sheetData></worksheet>".utf8), what: "Excel document")
        #expect(scanner.rows.count == 3)
        #expect(scanner.cutAt == 4)
    }

    @Test func sparseCellsAreNotPartedByBars() throws {
        let rows = (1...40).map { row in
            "<row r=\"\(row)\"><c r=\"A\(row)\"><v>\(row)</v></c><c r=\"\(SheetReference.letters(row + 1))\(row)\"><v>0</v></c></row>"
        }
        let book = try book(["S": "<sheetData>\(rows.joined())</sheetData>"])
        #expect(book.text.hasSuffix("39 | 0\n40 | 0"))
        #expect(book.place(of: (book.text.utf8.count - 1)..<book.text.utf8.count) == "S!A40:AO40")
    }

    @Test func sheetsAreReadInGroupsWhereThereAreMany() throws {
        let folder = try TemporaryFolder()
        var zip = OfficeZIP()
        let names = (0..<100).map { "xl/worksheets/Sheet\($0).xml" }
        for name in names { zip.add(name, Array(name.utf8)) }
        let path = try folder.write(zip.finished, to: "book.xlsx")
        var parts = SheetParts(path: path, names: names, what: "Excel document")
        for name in names + names.reversed() { #expect(try parts.bytes(name.lowercased()) == Array(name.utf8)) }
        #expect(try parts.bytes("nowhere.xml") == nil)
    }

    @Test func aDamagedSheetKeepsItsFirstRows() throws {
        let rows = (1...2_000).map { "<row><c><v>\($0)</v></c></row>" }.joined()
        let book = try book([
            "Good": "<sheetData><row><c><v>1</v></c></row></sheetData>", "Bad": "<sheetData>\(rows)</row>",
        ])
        #expect(book.texts().prefix(2) == ["heading1: Good", "paragraph: 1"])
        #expect(book.text.contains("\n500\n501\n"))
        #expect(book.warnings == ["The sheet Bad is damaged and not read completely. Save the workbook again."])
        #expect(throws: IngestError.broken("Excel document")) { try self.book(["Bad": "<sheetData><row>"]) }
        #expect(throws: IngestError.blank) { try self.book(["Empty": "<sheetData/>"]) }
    }

    @Test func rowsInDisorderAreSorted() throws {
        let book = try book([
            "S": """
            <sheetData><row r="2"><c r="B2"><v>4</v></c><c r="A2"><v>3</v></c></row><row r="1"><c r="A1"><v>1</v></c>
            <c r="ZZZZ9"><v>2</v></c></row></sheetData>
            """
        ])
        #expect(book.text.contains("1 | 2"))
        #expect(book.text.contains("3 | 4"))
        #expect(book.marks.map(\.first).last == "S!A2")
        #expect(book.isConsistent)
    }
}

import TestSupport
import Testing

@testable import Extraction

/// OpenDocument texts, slides and sheets, made by LibreOffice, pandoc and odfpy, and written part by part.
@Suite struct OpenDocumentTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func blocks(_ document: ExtractedDocument) -> [String] {
        document.blocks.map { "\($0.kind.rawValue)\($0.level): " + document.text.utf8Substring($0.range) }
    }

    /// - Parameters:
    ///   - kind: `text`, `presentation` or `spreadsheet`.
    ///   - styles: of the content itself.
    private func read(
        _ body: String, kind: String = "text", styles: String = "", manifest: String = ""
    ) throws(IngestError) -> ExtractedDocument {
        let namespaces = ["office", "text", "table", "draw", "presentation", "svg", "style", "fo", "xlink", "dc"]
            .map { "xmlns:\($0)='urn:\($0)'" }.joined(separator: " ")
        var zip = OfficeZIP([
            "mimetype": "application/vnd.oasis.opendocument.\(kind)",
            "content.xml": "<office:document-content \(namespaces)><office:automatic-styles>\(styles)"
                + "</office:automatic-styles><office:body><office:\(kind)>\(body)</office:\(kind)></office:body>"
                + "</office:document-content>",
        ])
        if !manifest.isEmpty { zip.add("META-INF/manifest.xml", Array(manifest.utf8)) }
        do {
            return try OfficeReader.read(path: try folder.write(zip.finished, to: "\(body.hashValue).odt"))
        } catch {
            throw error as? IngestError ?? .crashed
        }
    }

    // MARK: Made by other programs

    @Test func aTextOfLibreOffice() throws {
        let document = try OfficeReader.read(path: OfficeFixture.path("libreoffice.odt"))
        #expect(document.isConsistent)
        #expect(document.title == "Algoritmos")
        let found = blocks(document)
        #expect(
            found[..<4] == [
                "heading1: Algoritmos", "heading1: Conceitos", "heading2: Um título de estilo próprio",
                "paragraph0: Texto mantido inserido até o fim.",
            ])
        #expect(document.text.contains("pré-requisito inteiro\nsegunda linha colunaα→10^3"))
        #expect(found.contains("list0: 1. primeiro\n2. segundo"))
        #expect(found.contains("list0: - ponto"))
        #expect(document.text.contains("Aluno | Prova 1 | Prova 2\nAna | 8,5 | 9,0\nBia | 7,0 | 9,0"))
        #expect(found.contains("code0: x = 1\nwhile x < 10:\n    x *= 2"))
        #expect(found.suffix(2) == ["paragraph0: Lado a lado com a caixa.", "paragraph0: Dentro da caixa."])
        #expect(document.warnings.contains { $0.contains("Hidden text") })
        #expect(document.warnings.contains { $0.contains("tracked changes") })
        for word in ["apagado", "escondido", "CABEÇALHO", "RODAPÉ"] { #expect(!document.text.contains(word)) }
    }

    /// The same document, written by LibreOffice as .docx, says the same as python-docx's.
    @Test func aWordDocumentOfLibreOffice() throws {
        let document = try OfficeReader.read(path: OfficeFixture.path("libreoffice.docx"))
        let original = try OfficeReader.read(path: OfficeFixture.path("word.docx"))
        #expect(blocks(document).prefix(4) == blocks(original).prefix(4))
        #expect(document.text.contains("pré-requisito inteiro\nsegunda linha colunaα→10^3"))
        #expect(blocks(document).contains("list0: 1. primeiro\n2. segundo\n- ponto"))
        #expect(blocks(document).contains("code0: x = 1\nwhile x < 10:\n    x *= 2"))
    }

    @Test func slidesArePages() throws {
        let document = try OfficeReader.read(path: OfficeFixture.path("slides.odp"))
        #expect(document.isConsistent)
        #expect(document.pageUnit == .slide)
        #expect(document.pageCount == 3)
        #expect(document.emptyPages == [2])
        #expect(
            blocks(document) == [
                "heading1: Estruturas de dados", "list0: - Pilha\n- Fila",
                "paragraph0: [Notes] Perguntar à turma sobre filas de banco.", "paragraph0: Obrigado pela atenção",
            ])
        #expect(document.blocks.map { document.pages(of: $0.range)?.lowerBound } == [1, 1, 1, 3])
    }

    /// A million empty rows, a cell that is repeated, a hidden sheet.
    @Test func sheetsAreTablesWithTheirCells() throws {
        let document = try OfficeReader.read(path: OfficeFixture.path("sheets.ods"))
        #expect(document.isConsistent)
        #expect(document.markKind == .cells)
        #expect(
            blocks(document) == [
                "heading1: Notas", "table0: Aluno | Prova | Nota\nAna | P1 | 8,5\nBia | | 7", "paragraph0: Fim | x | x",
            ])
        let table = document.blocks[1].range
        #expect(document.place(of: table) == "Notas!A1:C3")
        #expect(document.place(of: document.blocks[2].range) == "Notas!A1000004:C1000004")
        #expect(document.blocks[1].headerLength == "Aluno | Prova | Nota\n".utf8.count)
        #expect(!document.text.contains("gabarito"))
        #expect(document.warnings.contains { $0.contains("Hidden") })
    }

    // MARK: Structure

    @Test func deletionsCommentsHiddenPartsAndIndexesAreLeftOut() throws {
        let document = try read(
            "<text:tracked-changes><text:changed-region><text:deletion><text:p>apagado</text:p></text:deletion></text:changed-region></text:tracked-changes>"
                + "<text:table-of-content><text:index-body><text:p>Sumário 3</text:p></text:index-body></text:table-of-content>"
                + "<text:section text:display='none'><text:p>escondido</text:p></text:section>"
                + "<text:section><text:section-source xlink:href='file:///etc/passwd'/><text:p>Um<office:annotation><dc:creator>x</dc:creator><text:p>nota</text:p></office:annotation>"
                + "<text:s text:c='2'/><text:span text:style-name='H'>oculto</text:span>dois</text:p></text:section>"
                + "<text:p>A<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>rodapé</text:p></text:note-body></text:note>.</text:p>",
            styles: "<style:style style:name='H'><style:text-properties text:display='none'/></style:style>")
        #expect(blocks(document) == ["paragraph0: Um dois", "paragraph0: A[^1].", "paragraph0: [^1]: rodapé"])
        #expect(document.warnings.count == 3)
    }

    @Test func listsCountByTheirStyle() throws {
        func level(_ number: Int, _ format: String, _ shown: Int) -> String {
            "<text:list-level-style-number text:level='\(number)' style:num-format='\(format)' style:num-suffix='.' text:display-levels='\(shown)'/>"
        }
        func item(_ text: String, _ more: String = "") -> String {
            "<text:list-item><text:p>\(text)</text:p>\(more)</text:list-item>"
        }
        let inner = "<text:list>\(item("b"))\(item("c"))</text:list>"
        let document = try read(
            "<text:list text:style-name='L'>\(item("a", inner))\(item("d", inner))</text:list><text:p>Entre.</text:p>"
                + "<text:list text:style-name='L' text:continue-numbering='true'>\(item("e"))</text:list>",
            styles: "<text:list-style style:name='L'>\(level(1, "1", 1))\(level(2, "1", 2))</text:list-style>")
        #expect(
            blocks(document) == [
                "list0: 1. a\n  1.1. b\n  1.2. c\n2. d\n  2.1. b\n  2.2. c", "paragraph0: Entre.", "list0: 3. e",
            ])
    }

    @Test func tablesRepeatWhatGoesOnBelow() throws {
        func cell(_ text: String, _ attributes: String = "") -> String {
            "<table:table-cell \(attributes)><text:p>\(text)</text:p></table:table-cell>"
        }
        let document = try read(
            "<table:table><table:table-header-rows><table:table-row>\(cell("A"))\(cell("B"))\(cell("C"))</table:table-row></table:table-header-rows>"
                + "<table:table-row>\(cell("1", "table:number-rows-spanned='2'"))\(cell("x", "table:number-columns-spanned='2'"))<table:covered-table-cell/></table:table-row>"
                + "<table:table-row><table:covered-table-cell/>\(cell("y"))\(cell("z"))</table:table-row></table:table>"
        )
        #expect(blocks(document) == ["table0: A | B | C\n1 | x\n1 | y | z"])
        #expect(document.blocks[0].headerLength == 10)
    }

    @Test func anEncryptedOneIsNamed() {
        #expect(throws: IngestError.encryptedOffice) {
            try read(
                "<text:p>x</text:p>",
                manifest:
                    "<manifest><file-entry full-path='content.xml'><encryption-data checksum='x'/></file-entry></manifest>"
            )
        }
    }

    @Test func whatHoldsNothingOrIsDamagedSaysSo() {
        #expect(throws: IngestError.blank) { try read("<text:p/>") }
        #expect(throws: IngestError.broken("OpenDocument file")) { try read("<text:p>") }
    }

    /// A few bytes that stand for 16 thousand columns and a million rows, over and over.
    @Test func repetitionsTakeNoRoom() throws {
        let long = String(repeating: "longo ", count: 50)
        let row =
            "<table:table-row table:number-rows-repeated='1048576'><table:table-cell table:number-columns-repeated='16384'><text:p>\(long)</text:p></table:table-cell></table:table-row>"
        let document = try read(
            "<table:table table:name='T'>\(String(repeating: row, count: 100))</table:table>", kind: "spreadsheet")
        #expect(document.text.utf8.count < 100 * 400)
        let short = try read(
            "<table:table table:name='T'>\(row.replacing(long, with: "x"))</table:table>", kind: "spreadsheet")
        #expect(short.text.utf8.count < 4_000)
        #expect(short.warnings.isEmpty)
    }
}

extension String {
    fileprivate func replacing(_ part: String, with other: String) -> String {
        guard let range = range(ofASCII: part) else { return self }
        return String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
    }
}

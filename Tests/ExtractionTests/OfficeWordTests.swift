import TestSupport
import Testing

@testable import Extraction

/// Word documents, made by programs that are not ours (`Tests/Fixtures/make_office.py`) and written part by part.
@Suite struct OfficeWordTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A document with this body; `parts` are added as they are.
    private func read(
        _ body: String, _ parts: KeyValuePairs<String, String> = [:]
    ) throws(IngestError) -> ExtractedDocument {
        let office = "http://schemas.openxmlformats.org"
        var zip = OfficeZIP([
            "[Content_Types].xml": """
            <Types xmlns="\(office)/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>\
            <Override PartName="/any/name.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>\
            </Types>
            """,
            "_rels/.rels": """
            <Relationships><Relationship Id="r" Type="\(office)/officeDocument/2006/relationships/officeDocument" Target="any/name.xml"/></Relationships>
            """,
            "any/name.xml": """
            <w:document xmlns:w="\(office)/wordprocessingml/2006/main" xmlns:m="\(office)/officeDocument/2006/math" \
            xmlns:mc="\(office)/markup-compatibility/2006" xmlns:r="\(office)/officeDocument/2006/relationships" \
            xmlns:wp="\(office)/drawingml/2006/wordprocessingDrawing" xmlns:v="urn:schemas-microsoft-com:vml" \
            xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:wps="urn:wps"><w:body>\(body)</w:body></w:document>
            """,
        ])
        for (name, text) in parts { zip.add(name, Array(text.utf8)) }
        do {
            return try OfficeReader.read(path: try folder.write(zip.finished, to: "\(body.hashValue).docx"))
        } catch {
            throw error as? IngestError ?? .crashed
        }
    }

    /// Relationships of the main part, by type and target.
    private func relationships(_ list: KeyValuePairs<String, String>) -> String {
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        let lines = list.enumerated().map {
            "<Relationship Id='r\($0.offset + 1)' Type='\(office)/\($0.element.key)' Target='\($0.element.value)'/>"
        }
        return "<Relationships>\(lines.joined())</Relationships>"
    }

    private func run(_ text: String) -> String { "<w:r><w:t xml:space='preserve'>\(text)</w:t></w:r>" }
    private func paragraph(_ text: String, _ properties: String = "") -> String {
        "<w:p><w:pPr>\(properties)</w:pPr>\(run(text))</w:p>"
    }

    private func blocks(_ document: ExtractedDocument) -> [String] {
        document.blocks.map { "\($0.kind.rawValue)\($0.level): " + document.text.utf8Substring($0.range) }
    }

    // MARK: Hidden text

    private func run(_ text: String, _ properties: String) -> String {
        "<w:r><w:rPr>\(properties)</w:rPr><w:t>\(text)</w:t></w:r>"
    }

    @Test(arguments: [
        "<w:vanish/>", "<w:color w:val='FFFFFF'/>", "<w:color w:val='fefefe'/>", "<w:sz w:val='2'/>",
        "<w:rStyle w:val='White'/>",
        "<w:color w:val='FFFFFF'/><w:shd w:val='clear' w:fill='auto'/>",
        "<w:color w:val='FFFFFF'/><w:highlight w:val='white'/>",
    ])
    func textThatNobodySeesIsLeftOut(_ properties: String) throws {
        let document = try read(
            "<w:p>\(run("seen"))\(run(" secret", properties))</w:p>",
            relations(["styles": "styles.xml"], styles: "<w:color w:val='FFFFFF'/>"))
        #expect(document.text == "seen" && document.warnings == ["Hidden text was left out."])
    }

    @Test(arguments: [
        "<w:color w:val='000000'/>", "<w:color w:val='auto'/>",
        "<w:color w:val='FFFFFF'/><w:shd w:val='clear' w:fill='1F3864'/>",
        "<w:color w:val='FFFFFF'/><w:highlight w:val='black'/>", "<w:sz w:val='12'/>",
        "<w:rStyle w:val='White'/><w:color w:val='FF0000'/>",
    ])
    func textThatCanBeSeenIsRead(_ properties: String) throws {
        let document = try read(
            "<w:p>\(run("seen"))\(run(" too", properties))</w:p>",
            relations(["styles": "styles.xml"], styles: "<w:color w:val='FFFFFF'/>"))
        #expect(document.text == "seen too" && document.warnings.isEmpty)
    }

    /// White letters in a cell, on a shaded line or over a picture are common and honest.
    @Test func whiteOnWhatMayBeDarkIsKept() throws {
        let white = "<w:color w:val='FFFFFF'/>"
        let shaded = "<w:p><w:pPr><w:shd w:val='clear' w:fill='000000'/></w:pPr>\(run("line", white))</w:p>"
        #expect(try read(shaded).text == "line")
        let cell =
            "<w:tbl><w:tr><w:tc><w:p>\(run("head", white))</w:p></w:tc><w:tc>\(paragraph("b"))</w:tc></w:tr></w:tbl>"
        #expect(try read(cell).text.contains("head"))
        let behind =
            "<w:p><w:r><w:drawing><wp:anchor behindDoc=\"1\"/></w:drawing></w:r></w:p><w:p>\(run("cover", white))</w:p>"
        let document = try read(behind)
        #expect(
            document.text == "cover"
                && document.warnings == ["White text was kept; check that it can be seen on the page."])
    }

    private func relations(
        _ list: KeyValuePairs<String, String>, styles: String
    ) -> KeyValuePairs<String, String> {
        let main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        return [
            "any/_rels/name.xml.rels": relationships(list),
            "any/styles.xml":
                "<w:styles xmlns:w='\(main)'><w:style w:type='character' w:styleId='White'><w:rPr>\(styles)</w:rPr></w:style></w:styles>",
        ]
    }

    // MARK: Made by other programs

    @Test func aDocumentOfPythonDocx() throws {
        let document = try OfficeReader.read(path: OfficeFixture.path("word.docx"))
        #expect(document.isConsistent)
        #expect(document.title == "Algoritmos")
        #expect(document.language == "pt")
        #expect(document.pageCount == nil)
        #expect(
            blocks(document) == [
                "heading1: Algoritmos", "heading1: Conceitos", "heading2: Um título de estilo próprio",
                "paragraph0: Texto mantido inserido até o fim.",
                "paragraph0: Um campo: resultado visível e simples.",
                "paragraph0: pré-requisito inteiro\nsegunda linha colunaα→10^3",
                "list0: 1. primeiro\n2. segundo\n- ponto",
                "table0: Aluno | Prova 1 | Prova 2\nAna | 8,5 | 9,0\nBia | 7,0 | 9,0",
                "paragraph0: Atenção: texto em moldura.", "code0: x = 1\nwhile x < 10:\n    x *= 2",
                "paragraph0: Lado a lado com a caixa.", "paragraph0: Dentro da caixa.",
            ])
        #expect(document.blocks[7].headerLength == "Aluno | Prova 1 | Prova 2\n".utf8.count)
        #expect(document.warnings.contains { $0.contains("Hidden text") })
        #expect(document.warnings.contains { $0.contains("tracked changes") })
        for word in ["apagado", "escondido", "HYPERLINK", "CABEÇALHO", "RODAPÉ"] {
            #expect(!document.text.contains(word), "\(word)")
        }
    }

    @Test(arguments: ["pandoc.docx", "pandoc.odt"]) func aDocumentOfPandoc(_ name: String) throws {
        let document = try OfficeReader.read(path: OfficeFixture.path(name))
        #expect(document.isConsistent)
        #expect(document.title == "Física básica")
        let found = blocks(document)
        #expect(found[..<3] == ["heading1: Física básica", "paragraph0: Equipe de física", "heading1: Movimento"])
        #expect(found.contains("paragraph0: [^1]: Grandeza vetorial, medida em metros por segundo."))
        #expect(document.text.contains("deslocamento e tempo.[^1] Em símbolos, v=(Δs)/(Δt) vale sempre."))
        #expect(document.text.contains("∑_(i=1)^n √(x_i)"))
        #expect(found.contains("list0: 1. Medir o tempo\n2. Medir a altura\n  - com régua\n  - com trena\n3. Calcular"))
        #expect(found.contains("table0: Corpo | Massa (kg)\nBola | 2,5\nPena | 0,01"))
        #expect(found.contains("code0: for t in range(10):\n    print(t * 9.8)"))
        #expect(found.last == "paragraph0: A área é de 10 m^2 e a fórmula da água é H2O.")
    }

    // MARK: Structure

    @Test func listsAreNumberedAsWordNumbersThem() throws {
        func level(_ number: Int, _ format: String, _ text: String, _ more: String = "") -> String {
            "<w:lvl w:ilvl='\(number)'><w:start w:val='1'/><w:numFmt w:val='\(format)'/>\(more)<w:lvlText w:val='\(text)'/></w:lvl>"
        }
        let word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        let numbering = """
            <w:numbering xmlns:w="\(word)"><w:abstractNum w:abstractNumId="0">\
            \(level(0, "upperRoman", "%1."))\(level(1, "decimal", "%1.%2", "<w:isLgl/>"))\(level(2, "lowerLetter", "(%3)"))\
            </w:abstractNum><w:num w:numId="5"><w:abstractNumId w:val="0"/></w:num>\
            <w:num w:numId="6"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="9"/></w:lvlOverride></w:num>\
            </w:numbering>
            """
        func item(_ text: String, _ level: Int, _ id: Int = 5) -> String {
            paragraph(text, "<w:numPr><w:ilvl w:val='\(level)'/><w:numId w:val='\(id)'/></w:numPr>")
        }
        let body =
            item("a", 0) + item("b", 1) + item("c", 2) + item("d", 2) + item("e", 1) + item("f", 2) + item("g", 0)
            + item("h", 1) + item("i", 0, 6) + item("j", 0, 6) + item("none", 0, 0) + item("no such", 0, 77)
        let document = try read(
            body, ["any/_rels/name.xml.rels": relationships(["numbering": "n.xml"]), "any/n.xml": numbering])
        #expect(
            blocks(document) == [
                "list0: I. a\n  1.1 b\n    (a) c\n    (b) d\n  1.2 e\n    (a) f\nII. g\n  2.1 h\nIX. i\nX. j",
                "paragraph0: none", "paragraph0: no such",
            ])
    }

    @Test(arguments: [
        (4, "lowerRoman", "iv"), (1994, "upperRoman", "MCMXCIV"), (0, "upperRoman", "0"), (28, "lowerLetter", "bb"),
        (7, "decimalZero", "07"), (3, "unheardOf", "3"), (1_000_000, "upperLetter", "1000000"),
    ])
    func numbers(_ number: Int, _ format: String, _ text: String) {
        #expect(WordNumbering.number(number, format) == text)
    }

    @Test func headingsOfAnyLanguageAndByOutlineLevel() throws {
        let word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        let styles = """
            <w:styles xmlns:w="\(word)"><w:style w:type="paragraph" w:styleId="Ttulo1"><w:name w:val="heading 1"/></w:style>\
            <w:style w:type="paragraph" w:styleId="X"><w:name w:val="Minha seção"/><w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>\
            <w:style w:type="paragraph" w:styleId="Y"><w:name w:val="Minha outra"/><w:basedOn w:val="X"/></w:style>\
            <w:style w:type="paragraph" w:styleId="L"><w:name w:val="Loop"/><w:basedOn w:val="M"/></w:style>\
            <w:style w:type="paragraph" w:styleId="M"><w:name w:val="Loop 2"/><w:basedOn w:val="L"/></w:style>\
            <w:style w:type="paragraph" w:styleId="T"><w:name w:val="toc 1"/></w:style>\
            <w:style w:type="paragraph" w:styleId="U"><w:name w:val="Überschrift 2"/></w:style></w:styles>
            """
        func styled(_ text: String, _ id: String) -> String { paragraph(text, "<w:pStyle w:val='\(id)'/>") }
        let document = try read(
            styled("Um", "Ttulo1") + styled("Dois", "X") + styled("Três", "Y") + styled("Laço", "L")
                + styled("Um 3", "T")
                + styled("Zwei", "U") + paragraph("Direto", "<w:outlineLvl w:val='0'/>")
                + paragraph("Corpo", "<w:pStyle w:val='X'/><w:outlineLvl w:val='9'/>"),
            ["any/_rels/name.xml.rels": relationships(["styles": "s.xml"]), "any/s.xml": styles])
        #expect(
            blocks(document) == [
                "heading1: Um", "heading3: Dois", "heading3: Três", "paragraph0: Laço", "heading2: Zwei",
                "heading1: Direto", "paragraph0: Corpo",
            ])
    }

    @Test func boldLinesAreHeadingsWhereThereAreNoOthers() throws {
        func bold(_ text: String, _ size: Int) -> String {
            "<w:p><w:r><w:rPr><w:b/><w:sz w:val='\(size)'/></w:rPr><w:t>\(text)</w:t></w:r></w:p>"
        }
        let text = paragraph("Um parágrafo comum.")
        let document = try read(
            bold("Plano de ensino", 32) + text + bold("Objetivos", 24) + text + bold("É uma frase inteira.", 24) + text)
        #expect(
            blocks(document).filter { $0.hasPrefix("heading") } == ["heading1: Plano de ensino", "heading2: Objetivos"])
        // All bold: then it means nothing.
        #expect(blocks(try read(bold("Um", 20) + bold("Dois", 20) + text)).allSatisfy { $0.hasPrefix("paragraph") })
    }

    @Test func tablesWithMergedCellsAndHeads() throws {
        func cell(_ text: String, _ properties: String = "") -> String {
            "<w:tc><w:tcPr>\(properties)</w:tcPr>\(paragraph(text))</w:tc>"
        }
        let head = "<w:trPr><w:tblHeader/></w:trPr>"
        let document = try read(
            "<w:tbl><w:tblGrid><w:gridCol/><w:gridCol/><w:gridCol/></w:tblGrid>"
                + "<w:tr>\(head)\(cell("Semana", "<w:vMerge w:val='restart'/>"))\(cell("Aulas", "<w:gridSpan w:val='2'/>"))</w:tr>"
                + "<w:tr>\(head)\(cell("", "<w:vMerge/>"))\(cell("Teoria"))\(cell("Prática"))</w:tr>"
                + "<w:tr>\(cell("1"))\(cell("Pilhas"))\(cell("Lab"))</w:tr>"
                + "<w:tr><w:trPr><w:del w:id='1'/></w:trPr>\(cell("2"))\(cell("apagada"))\(cell("x"))</w:tr></w:tbl>")
        #expect(blocks(document) == ["table0: Semana | Aulas\nSemana | Teoria | Prática\n1 | Pilhas | Lab"])
        #expect(document.blocks[0].headerLength == "Semana | Aulas\nSemana | Teoria | Prática\n".utf8.count)
    }

    @Test func notesFollowTheirParagraphOnce() throws {
        let word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        func notes(_ name: String, _ text: String) -> String {
            "<w:\(name)s xmlns:w='\(word)'><w:\(name) w:type='separator' w:id='0'>\(paragraph("-"))</w:\(name)>"
                + "<w:\(name) w:id='2'>\(paragraph(text))</w:\(name)></w:\(name)s>"
        }
        let document = try read(
            "<w:p>\(run("Um"))<w:r><w:footnoteReference w:id='2'/></w:r>\(run(" e "))<w:r><w:footnoteReference w:id='2'/></w:r></w:p>"
                + "<w:p>\(run("Dois"))<w:r><w:endnoteReference w:id='2'/></w:r></w:p>",
            [
                "any/_rels/name.xml.rels": relationships(["footnotes": "f.xml", "endnotes": "e.xml"]),
                "any/f.xml": notes("footnote", "De rodapé."), "any/e.xml": notes("endnote", "De fim."),
            ])
        #expect(
            blocks(document) == [
                "paragraph0: Um[^1] e [^2]", "paragraph0: [^1]: De rodapé.", "paragraph0: Dois[^3]",
                "paragraph0: [^3]: De fim.",
            ])
    }

    @Test func aTextBoxIsReadOnceAndPicturesByTheirDescription() throws {
        func box(_ text: String) -> String { "<w:txbxContent>\(paragraph(text))</w:txbxContent>" }
        let document = try read(
            "<w:p>\(run("Fora"))<w:r><mc:AlternateContent>"
                + "<mc:Choice Requires='wps'><w:drawing><wp:docPr descr='Árvore binária com sete nós'/><wps:txbx>\(box("Dentro"))</wps:txbx></w:drawing></mc:Choice>"
                + "<mc:Fallback><w:pict><v:shape><v:textbox>\(box("Dentro"))</v:textbox></v:shape></w:pict></mc:Fallback>"
                + "</mc:AlternateContent></w:r></w:p>"
                + "<w:p><w:r><w:drawing><wp:docPr descr='image1.png'/></w:drawing></w:r>"
                + "<w:r><w:object><o:OLEObject ProgID='Equation.3'/></w:object><w:object><o:OLEObject ProgID='Excel.Sheet.12'/></w:object></w:r></w:p>"
                + "<w:altChunk r:id='r9'/>")
        #expect(
            blocks(document) == [
                "paragraph0: Fora", "paragraph0: [Figure: Árvore binária com sete nós]", "paragraph0: Dentro",
            ])
        #expect(document.warnings.contains { $0.hasPrefix("2 embedded documents") })
        #expect(document.warnings.contains { $0.contains("old equation editor") })
    }

    @Test func contentsAndPlaceholdersAreLeftOut() throws {
        func control(_ properties: String, _ text: String) -> String {
            "<w:sdt><w:sdtPr>\(properties)</w:sdtPr><w:sdtContent>\(paragraph(text))</w:sdtContent></w:sdt>"
        }
        let document = try read(
            control("<w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj>", "Sumário 3")
                + control("<w:showingPlcHdr/>", "Clique aqui.") + control("<w:tag w:val='x'/>", "Fica.")
                + "<w:p><w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>\(run("Digite."))</w:sdtContent></w:sdt>\(run("Fim."))</w:p>"
        )
        #expect(blocks(document) == ["paragraph0: Fica.", "paragraph0: Fim."])
    }

    @Test func aFieldThatNeverEndsHidesNothingElse() throws {
        let document = try read(
            "<w:p><w:r><w:fldChar w:fldCharType='begin'/><w:instrText> IF </w:instrText><w:t>instrução</w:t></w:r></w:p>"
                + paragraph("Visível.")
                + "<w:p><w:r><w:fldChar w:fldCharType='end'/><w:fldChar w:fldCharType='end'/></w:r>\(run("Fim."))</w:p>"
        )
        #expect(blocks(document) == ["paragraph0: Visível.", "paragraph0: Fim."])
    }

    @Test func aDropCapJoinsItsWord() throws {
        let document = try read(paragraph("E", "<w:framePr w:dropCap='drop'/>") + paragraph("ra uma vez."))
        #expect(blocks(document) == ["paragraph0: Era uma vez."])
    }

    @Test func nothingToReadSaysSo() {
        #expect(throws: IngestError.blank) { try read("<w:p/>") }
        #expect(throws: IngestError.broken("Word document")) { try read("<w:p>") }
    }

    /// Boxes in boxes, as deep as XML may be, and a long table of one letter a cell.
    @Test func depthAndLengthAreSurvived() throws {
        let depth = 30
        let nested =
            String(repeating: "<w:p><w:r><w:pict><w:txbxContent>", count: depth) + paragraph("fundo")
            + String(repeating: "</w:txbxContent></w:pict></w:r></w:p>", count: depth)
        #expect(blocks(try read(paragraph("alto") + nested)).first == "paragraph0: alto")
        let row = "<w:tr>" + String(repeating: "<w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc>", count: 5) + "</w:tr>"
        let table = try read("<w:tbl>" + String(repeating: row, count: 5_000) + "</w:tbl>")
        #expect(table.blocks.count == 1)
        #expect(table.text.utf8.count == 5_000 * "a | a | a | a | a\n".utf8.count - 1)
    }
}

enum OfficeFixture {
    static func path(_ name: String) -> String { "\(DocumentFixture.folder)/../office/\(name)" }
}

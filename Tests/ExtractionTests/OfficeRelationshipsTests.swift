import TestSupport
import Testing

@testable import Extraction

@Suite struct OfficeRelationshipsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func targetsAreResolvedAndExternalOnesMarked() throws {
        let type = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        let zip = OfficeZIP([
            "ppt/slides/_rels/slide1.xml.rels": """
            <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
            <Relationship Id="r1" Type="\(type)/slideLayout" Target="../slideLayouts/slideLayout1.xml"/>
            <Relationship Id="r2" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/image" Target="/ppt/media/a%20b.png"/>
            <Relationship Id="r3" Type="\(type)/hyperlink" Target="https://example.org/a/../b" TargetMode="External"/>
            <Relationship Id="r1" Type="\(type)/notesSlide" Target="other.xml"/>
            <Relationship Id="r4" Type="\(type)/x" Target="../../../../../up.xml#here"/>
            </Relationships>
            """
        ])
        let parts = try ZIPParts.read(path: try folder.write(zip.finished, to: "a.pptx")) { _ in true }
        let relationships = try Relationships(parts, of: "ppt/slides/slide1.xml")
        #expect(relationships["r1"]?.target == "ppt/slideLayouts/slideLayout1.xml")
        #expect(relationships["r1"]?.kind == "slideLayout")
        #expect(relationships["r2"]?.target == "ppt/media/a b.png")
        #expect(relationships["r2"]?.type == "\(type)/image")
        #expect(relationships["r3"]?.isExternal == true)
        #expect(relationships["r3"]?.target == "https://example.org/a/../b")
        #expect(relationships["r4"]?.target == "up.xml")
        #expect(relationships.first("notesSlide")?.target == "ppt/slides/other.xml")
        #expect(relationships.first("hyperlink") == nil)
        #expect(relationships["r5"] == nil)
        #expect(try Relationships(parts, of: "ppt/slides/slide2.xml").all.isEmpty)
        #expect(Relationships.name(of: "") == "_rels/.rels")
    }

    @Test(arguments: [
        ("application/epub+zip", OfficeKind.epub), ("application/vnd.oasis.opendocument.text\n", .openText),
        ("application/vnd.oasis.opendocument.text-template", .openText),
        ("application/vnd.oasis.opendocument.presentation", .openPresentation),
        ("application/vnd.oasis.opendocument.spreadsheet", .openSpreadsheet),
        ("application/vnd.oasis.opendocument.graphics", .other("OpenDocument graphics")),
    ])
    func kindsByMediaType(_ type: String, _ kind: OfficeKind) throws {
        let path = try folder.write(OfficeZIP(["mimetype": type]).finished, to: "a.zip")
        #expect(try OfficeKind.of(path: path) == kind)
    }

    @Test(arguments: [
        ("eng_spa_mult.doc", OfficeKind.wordDocument), ("Strict.docx", .wordDocument),
        ("testWORD_macros.docm", .wordDocument), ("test.pptx", .presentation), ("text_document_01.odt", .openText),
        ("test.epub", .epub),
    ])
    func kindsOfRealFiles(_ name: String, _ kind: OfficeKind) throws {
        #expect(try OfficeKind.of(path: DocumentFixture.path(name)) == kind)
    }

    @Test func anArchiveOfOtherThingsIsNone() throws {
        #expect(try OfficeKind.of(path: DocumentFixture.path("droste.zip")) == nil)
        #expect(throws: IngestError.broken("ZIP archive")) {
            try OfficeKind.of(path: DocumentFixture.path("testWORD_truncated.docx"))
        }
    }
}

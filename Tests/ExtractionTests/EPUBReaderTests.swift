import TestSupport
import Testing

@testable import Extraction

/// E-books: the chapters in order, with the titles that the contents give them.
@Suite struct EPUBReaderTests {
    @Test func aBookIsReadInReadingOrder() throws {
        let book = try SlideFixture.read("livro.epub")
        #expect(book.title == "Livro de exemplo")
        #expect(book.language == "pt")
        #expect(book.pageCount == nil)
        #expect(book.isConsistent)
        #expect(book.warnings.isEmpty)
        #expect(
            book.texts() == [
                "heading1: Capítulo um: Começo", "paragraph: Primeiro parágrafo que segue.",
                "paragraph: Um texto depois de marcas vazias.", "heading1: Poesia",
                "paragraph: Batatinha quando nasce\nespalha a rama\npelo chão.", "table: Verso | Rima\n1 | a\n2 | b",
                "paragraph: Com nota1 e Retrato do autor .", "paragraph: 1. Texto da nota.",
            ])
    }

    @Test func versesKeepTheirLines() throws {
        let poems = try SlideFixture.read("../documents/epub_purvis_poetry.epub")
        let stanza = """
            Not a tear, not a sigh to embalm his cold tomb,
            No friend to lament him, no child to bemoan;
            Not a stone marks the place, where he peacefully lies,
            The earth for his pillow, his curtain the skies.
            """
        #expect(poems.texts().contains("paragraph: " + stanza))
        #expect(poems.texts().contains("heading2: The Grave of the Slave"))
        #expect(!poems.text.contains("Table of Contents"))
    }

    private static let container = """
        <container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
        <rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>
        """

    private func package(_ manifest: String, spine: String, guide: String = "") -> String {
        """
        <package xmlns="http://www.idpf.org/2007/opf"><metadata><title xmlns="http://purl.org/dc/elements/1.1/">T</title></metadata>
        <manifest>\(manifest)</manifest><spine toc="ncx">\(spine)</spine>\(guide)</package>
        """
    }

    private func item(_ id: String, _ href: String, type: String = "application/xhtml+xml") -> String {
        #"<item id="\#(id)" href="\#(href)" media-type="\#(type)"/>"#
    }

    private func chapter(_ body: String) -> String {
        #"<html xmlns="http://www.w3.org/1999/xhtml"><head><title>t</title></head><body>\#(body)</body></html>"#
    }

    @Test func thePlacesOfOlderBooks() throws {
        let book = try SlideFixture.read(
            [
                "mimetype": "application/epub+zip", "META-INF/container.xml": Self.container,
                "OEBPS/book.opf": package(
                    item("a", "../text/one%20file.html") + item("b", "two.xhtml")
                        + item("c", "http://example.invalid/x.xhtml")
                        + item("toc", "toc.xhtml") + item("ncx", "toc.ncx", type: "application/x-dtbncx+xml"),
                    spine:
                        #"<itemref idref="toc"/><itemref idref="b" linear="no"/><itemref idref="a"/><itemref idref="c"/>"#,
                    guide: #"<guide><reference type="toc" href="toc.xhtml"/></guide>"#),
                "OEBPS/toc.ncx": """
                <!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" "http://www.daisy.org/z3986/2005/ncx-2005-1.dtd">
                <ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel><text>Part</text></navLabel>
                <content src="nowhere.html"/><navPoint><navLabel><text>One</text></navLabel><content src="../text/one%20file.html#x"/>
                </navPoint></navPoint></navMap></ncx>
                """,
                "text/one file.html": chapter("<p>first</p>"),
                "OEBPS/two.xhtml": chapter("<p>second</p><pre/><p>third</p>"),
                "OEBPS/toc.xhtml": chapter("<p>contents</p>"),
            ], as: "book.epub")
        #expect(book.texts() == ["heading2: One", "paragraph: first", "paragraph: second", "paragraph: third"])
        #expect(book.warnings == ["1 chapter of the book is missing or damaged."])
    }

    @Test(arguments: [
        ("http://www.idpf.org/2008/embedding", false), ("http://ns.adobe.com/pdf/enc#RC", false),
        ("http://www.w3.org/2001/04/xmlenc#aes256-cbc", true),
    ])
    func protectedBooksAreRefused(_ algorithm: String, _ isRefused: Bool) throws {
        let parts: KeyValuePairs = [
            "mimetype": "application/epub+zip", "META-INF/container.xml": Self.container,
            "META-INF/encryption.xml": """
            <encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><enc:EncryptedData
            xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptionMethod Algorithm="\(algorithm)"/></enc:EncryptedData></encryption>
            """,
            "OEBPS/book.opf": package(item("a", "a.xhtml"), spine: #"<itemref idref="a"/>"#),
            "OEBPS/a.xhtml": chapter("<p>text</p>"),
        ]
        if isRefused {
            #expect(throws: IngestError.protectedBook) { try SlideFixture.read(parts, as: "book.epub") }
        } else {
            #expect(try SlideFixture.read(parts, as: "book.epub").texts() == ["paragraph: text"])
        }
    }

    @Test func aBookWithoutItsChaptersIsBroken() {
        #expect(throws: IngestError.broken("EPUB book")) {
            try SlideFixture.read(
                [
                    "mimetype": "application/epub+zip", "META-INF/container.xml": Self.container,
                    "OEBPS/book.opf": package(item("a", "a.xhtml"), spine: #"<itemref idref="a"/>"#),
                ], as: "book.epub")
        }
        #expect(throws: IngestError.broken("EPUB book")) {
            try SlideFixture.read(["mimetype": "application/epub+zip", "x": "y"], as: "book.epub")
        }
    }

    @Test(arguments: [
        ("a.xhtml", "OEBPS/a.xhtml"), ("../a.xhtml#part", "a.xhtml"), ("../../../etc/passwd", "etc/passwd"),
        ("/b/c%20d.html", "b/c d.html"), ("./x/./y.html?q=1", "OEBPS/x/y.html"),
    ])
    func referencesStayWithin(_ reference: String, _ target: String) {
        #expect(EPUBPackage.resolve(reference, from: "OEBPS/book.opf") == target)
    }

    @Test(arguments: ["http://example.invalid/a", "//example.invalid/a", "data:text/html,x", "file:///etc/passwd", ""])
    func referencesOutOfTheBookAreNone(_ reference: String) {
        #expect(EPUBPackage.resolve(reference, from: "book.opf") == nil)
    }
}

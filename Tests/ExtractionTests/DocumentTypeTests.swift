import Testing

@testable import Extraction

/// By content first, by name second.
@Suite struct DocumentTypeTests {
    @Test(arguments: [
        ("%PDF-1.7", "x.txt", DocumentType.pdf), ("\n\n junk %PDF-1.4", "x", .pdf), ("# A", "x.md", .markdown),
        ("# A", "x.txt", .plainText), ("text", "README", .plainText), ("text", "x.unknown", .plainText),
        ("<!DOCTYPE html><p>x", "x.txt", .html), ("<p>x", "x.HTM", .html), ("  <html>", "x", .html),
        ("<?xml version='1.0'?><html>", "x", .html), ("<?xml version='1.0'?><a/>", "x.html", .unsupported("XML")),
        ("<p>x", "x.md", .markdown), ("print(1)", "x.py", .sourceCode),
        ("{}", "x.ipynb", .unsupported("Jupyter notebook")),
        ("{\\rtf1 x}", "x.txt", .unsupported("RTF")), ("\\documentclass{a}", "x", .unsupported("LaTeX")),
        ("Dear all", "x.docx", .unsupported("Word")), ("<p>x", "x.xls", .unsupported("Excel")),
        ("text", "x.PPTX", .unsupported("PowerPoint")), ("text", "x.odt", .unsupported("OpenDocument")),
        ("text", "x.epub", .unsupported("EPUB")), ("text", "x.rtf", .unsupported("RTF")),
        ("%PDF-1.7", "x.docx", .pdf),
        ("PK\u{3}\u{4}", "x.docx", .zip), ("PK\u{3}\u{4}", "x.md", .zip),
        ("GIF89a", "x.pdf", .unsupported("GIF image")), ("a,b", "x.csv", .unsupported("CSV")), ("", "x.md", .empty),
    ])
    func isTold(_ content: String, _ name: String, _ type: DocumentType) {
        #expect(DocumentType.of(Array(content.utf8), name: name) == type)
    }

    @Test func aCutThroughALetterIsNoDamage() {
        let bytes = Array(String(repeating: "ção", count: 20_000).utf8)
        for length in 65_533...65_539 {
            #expect(DocumentType.of(Array(bytes.prefix(length).prefix(65_536)), name: "x.txt") == .plainText)
        }
    }

    @Test(arguments: [
        ("a/b.c/x", ""), ("x.PDF", "pdf"), (".hidden", ""), ("x.", ""), ("x.tar.gz", "gz"), ("x.not an extension", ""),
    ])
    func extensions(_ name: String, _ suffix: String) { #expect(DocumentType.fileExtension(of: name) == suffix) }
}

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
        ("{}", "x.ipynb", .notebook), ("{\"cells\": [{\"cell_type\": \"code\"}]", "x.txt", .notebook),
        ("{\"metadata\": 1, \"nbformat\": 4}", "x.pdf", .notebook), ("{\"a\": 1}", "x.txt", .plainText),
        ("{\\rtf1 x}", "x.txt", .richText), ("{\\rtf1 x}", "x.doc", .richText),
        ("\u{feff}{\\rtf1 x}", "x.pdf", .richText),
        ("\\documentclass{a}", "x", .latex), ("% c\n\\documentclass{a}", "x.txt", .latex), ("text", "x.tex", .latex),
        ("\\section{A}\ntext\n\\section{B}", "x.txt", .latex), ("The \\section command", "x.txt", .plainText),
        ("```\n\\documentclass{a}\n```", "x.md", .markdown), ("\\begin{document}", "x.py", .sourceCode),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nx", "x.txt", .subtitles), ("WEBVTTx", "x.txt", .plainText),
        ("1\r\n00:00:01,000 --> 00:00:02,000\r\nx", "x", .subtitles), ("no cue", "x.srt", .plainText),
        ("<html><body>x", "x.doc", .html), ("<!-- saved from x -->\n<html>", "x.pdf", .html),
        ("<html>", "x.md", .markdown),
        ("<?xml version='1.0'?><a/>", "x.txt", .unsupported("XML")),
        ("<?xml version='1.0'?><a/>", "x.doc", .unsupported("XML")),
        ("Dear all", "x.docx", .unsupported("Word")), ("<p>x", "x.xls", .unsupported("Excel")),
        ("text", "x.PPTX", .unsupported("PowerPoint")), ("text", "x.odt", .unsupported("OpenDocument")),
        ("text", "x.epub", .unsupported("EPUB")), ("text", "x.rtf", .plainText), ("%PDF-1.7", "x.docx", .pdf),
        ("PK\u{3}\u{4}", "x.docx", .zip), ("PK\u{3}\u{4}", "x.md", .zip),
        ("GIF89a", "x.pdf", .unsupported("GIF image")), ("a,b", "x.csv", .delimitedText),
        ("a\tb", "x.tsv", .delimitedText),
        ("a;b;c\n1;2;3\n1;2;3\n1;2;3\n1;2;3\n", "x.txt", .delimitedText),
        (
            "Um, dois, e fim.\nUm, dois, e fim.\nUm, dois, e fim.\nUm, dois, e fim.\nUm, dois, e fim.", "x.txt",
            .plainText
        ),
        (String(repeating: "Um; dois; e três.\n", count: 9), "x.txt", .plainText),
        (String(repeating: "1,2,x\n", count: 9), "x.txt", .delimitedText),
        ("{\"a\": 1}", "x.json", .unsupported("JSON")), ("a: 1", "x.yaml", .unsupported("YAML")), ("", "x.md", .empty),
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

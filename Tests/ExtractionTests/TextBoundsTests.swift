import Support
import Testing

@testable import Extraction

/// What a hostile text can make long: characters, headings, lines.
@Suite struct TextBoundsTests {
    @Test func aCharacterIsCutWithinItself() {
        let long = "e" + String(repeating: "\u{301}", count: 1_000_000)
        #expect(long.count == 1)
        #expect(TextCleaner.shortened(long, to: 300).utf8.count <= 1_203)
        #expect(TextCleaner.clean(long).unicodeScalars.count <= 32)
        #expect(TextCleaner.shortened("abc", to: 3) == "abc" && TextCleaner.shortened("abcd", to: 3) == "ab…")
        #expect(TextCleaner.shortened("ação", to: 4) == "ação" && TextCleaner.shortened("ações", to: 4) == "açõ…")
        #expect(TextCleaner.cut("ação", to: 2) == "a" && TextCleaner.cut("ação", to: 3) == "aç")
    }

    /// Also of scripts whose marks the quick look passes over.
    @Test(arguments: ["\u{301}", "\u{483}", "\u{5b4}", "\u{94d}", "\u{20dd}", "\u{1d165}"])
    func marksInARowAreFew(_ mark: String) {
        let text = "a" + String(repeating: mark, count: 5_000) + "b"
        #expect((30...32).contains(TextCleaner.clean(text).unicodeScalars.count))
        let letters = String(repeating: "б", count: 5_000)
        #expect(TextCleaner.clean(letters) == letters)
    }

    @Test func aLongHeadingIsAParagraph() throws {
        var builder = DocumentBuilder()
        try builder.heading(String(repeating: "a", count: 300), level: 1)
        try builder.heading(String(repeating: "a", count: 301), level: 1)
        #expect(builder.blocks.map(\.kind) == [.heading, .paragraph])
    }

    @Test func lineEndsAloneAreNotKept() throws {
        let many = String(repeating: "\n", count: 50_000)
        #expect(try TextLines.of("a" + many + "b").count == 4)
        for name in ["x.txt", "x.md", "x.py", "x.srt"] {
            let type = DocumentType.of(Array("a".utf8), name: name)
            let document = try TextFormats.read(Array("a\(many)b".utf8), type: type, name: name)
            #expect(document.text.hasPrefix("a\n") && document.text.utf8.count <= 6)
        }
        let program = try SourceCodeReader.read(try TextFixture.decoded("x = 1\n\n\n\n\n  y"))
        #expect(program.place(of: 0..<1) == "1" && program.marks.last?.first == "6")
    }

    @Test func linesAreBounded() {
        let many = String(repeating: "a\n", count: 100)
        #expect(throws: IngestError.self) { try TextLines.of(many, limit: 100) }
        #expect(throws: Never.self) { try TextLines.of(many, limit: 101) }
    }

    @Test func sheetNamesAreShort() {
        #expect(SheetReference.shortName(String(repeating: "n", count: 32)).utf8.count == 31)
        #expect(SheetReference.shortName(" Notas \n 1 ") == "Notas 1")
    }
}

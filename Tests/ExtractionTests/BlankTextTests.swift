import TestSupport
import Testing

@testable import Extraction

/// Files that begin with nothing, or hold nothing, in every format made of text.
@Suite struct BlankTextTests {
    private static let blanks = [
        "\n", "\n\n\n", "\r\n\r\n", "\r\r", "\u{c}", "\u{c}\n", "\u{feff}\n", "\u{a0}\n", " \t\n", "\u{2028}\n",
        "\u{85}\n", "\u{3000}\n\u{200b}\n", "\n\u{c}\n\u{c}", String(repeating: "\n", count: 70_000),
    ]

    private static let names = [
        "x.txt", "x.md", "x.html", "x.csv", "x.tsv", "x.srt", "x.vtt", "x.tex", "x.rtf", "x.py", "x.ipynb", "x",
    ]

    private func read(_ text: String, as name: String) throws -> ExtractedDocument {
        let folder = try TemporaryFolder()
        return try DocumentExtractor.extract(path: try folder.write(name, text))
    }

    @Test(arguments: names) func blanksAloneAreNoText(_ name: String) {
        for blank in Self.blanks {
            #expect(throws: IngestError.self, "\(blank.debugDescription.prefix(40))") { try read(blank, as: name) }
        }
    }

    @Test(arguments: names.filter { $0 != "x.ipynb" }) func blanksBeforeTheTextAreNoMatter(_ name: String) throws {
        for blank in Self.blanks {
            let document = try read(blank + "Some words of text.", as: name)
            #expect(document.text.hasSuffix("Some words of text.") && document.isConsistent)
        }
    }

    @Test func aTextBehindABlankLineHasItsHeading() throws {
        let document = try PlainTextReader.read(try TextFixture.decoded("\n\n\nNOTES\n\nSome words."))
        #expect(document.listing == ["heading1: NOTES", "paragraph: Some words."])
    }

    @Test func preformattedTextMayBeginBlank() throws {
        let words = String(repeating: "some words\n\n", count: 500)
        for blank in ["\n", "\n\n", "\n\n\n\n"] {
            let document = try read("<html><pre>\(blank)\(words)</pre></html>", as: "x.html")
            #expect(document.blocks.count == 500 && document.isConsistent)
        }
    }
}

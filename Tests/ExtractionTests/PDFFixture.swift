import Support
import TestSupport

@testable import Extraction

/// The PDFs of `Tests/Fixtures/pdf` (made by `make_pdf.py`) and of the awkward documents, read.
enum PDFFixture {
    static func path(_ name: String) -> String { DocumentFixture.folder + "/../pdf/" + name }

    /// Without text recognition, so that it takes no time and gives the same on every machine.
    static func read(_ path: String) throws -> ExtractedDocument {
        var tools = PDFTools()
        tools.recognition = nil
        return try DocumentExtractor.extract(path: path, tools: tools)
    }

    static func made(_ name: String) throws -> ExtractedDocument { try read(path(name)) }
    static func awkward(_ name: String) throws -> ExtractedDocument { try read(DocumentFixture.path(name)) }
}

extension ExtractedDocument {
    /// The texts of the blocks of a kind, headings with their level.
    func texts(_ kind: Kind) -> [String] {
        blocks.filter { $0.kind == kind }.map { block in
            (kind == .heading ? "\(block.level) " : "") + text.utf8Substring(block.range)
        }
    }

    /// The text of a page (from 1).
    func page(_ number: Int) -> String {
        let end = number < pageOffsets.count ? pageOffsets[number] : text.utf8.count
        return TextCleaner.trimmingBlankLines(text.utf8Substring(pageOffsets[number - 1]..<end))
    }
}

import Support
import TestSupport

@testable import Extraction

/// The files of `Tests/Fixtures/slides` (made by its `make_slides.py`), and packages made on the spot.
enum SlideFixture {
    static func path(_ name: String) -> String { "\(DocumentFixture.folder)/../slides/\(name)" }

    static func read(_ name: String) throws -> ExtractedDocument { try DocumentExtractor.extract(path: path(name)) }

    /// Reads a container of these parts under this name.
    static func read(_ parts: KeyValuePairs<String, String>, as name: String) throws -> ExtractedDocument {
        let folder = try TemporaryFolder()
        return try DocumentExtractor.extract(path: folder.write(OfficeZIP(parts).finished, to: name))
    }

    static func types(_ main: String) -> String {
        """
        <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
        <Override PartName="/main.xml" ContentType="application/vnd.openxmlformats-officedocument.\(main).main+xml"/></Types>
        """
    }

    /// Relationships by their id, each a kind and a target.
    static func relationships(_ all: KeyValuePairs<String, (kind: String, target: String)>) -> String {
        let base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        let elements = all.map { #"<Relationship Id="\#($0)" Type="\#(base)/\#($1.kind)" Target="\#($1.target)"/>"# }
        return "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
            + elements.joined() + "</Relationships>"
    }

    static let packageRelationships = relationships(["r": ("officeDocument", "main.xml")])
    static let names = """
        xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" \
        xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" \
        xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" \
        xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        """
}

extension ExtractedDocument {
    /// The texts of the blocks of one page (from 1), or of all, each with its kind: `list: - one`.
    func texts(onPage page: Int? = nil) -> [String] {
        blocks.filter { page == nil || pages(of: $0.range)?.lowerBound == page }
            .map { "\($0.kind.rawValue)\($0.level > 0 ? "\($0.level)" : ""): \(text.utf8Substring($0.range))" }
    }
}

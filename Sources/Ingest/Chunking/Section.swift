import Extraction
import Support

/// A run of a document between two headings, with the headings that lead to it.
struct Section {
    typealias Block = ExtractedDocument.Block

    /// The texts of the headings above, outermost first.
    let path: [String]
    /// The headings at its beginning; more than one when headings follow each other without text between them.
    let headings: [Block]
    private(set) var content: [Block] = []

    /// Bytes of a heading's text in a path, which every chunk below it repeats.
    private static let headingLimit = 200

    /// All sections of `document`, in order; together they hold every block.
    static func all(of document: ExtractedDocument) -> [Section] {
        var sections: [Section] = []
        var open: [(level: Int, text: String)] = []
        var headings: [Block] = []
        for block in document.blocks {
            if block.kind == .heading {
                open.removeAll { $0.level >= block.level }
                open.append((block.level, TextCleaner.cut(document.text.utf8Substring(block.range), to: headingLimit)))
                headings.append(block)
            } else {
                if !headings.isEmpty || sections.isEmpty {
                    sections.append(Section(path: open.map(\.text), headings: headings))
                    headings = []
                }
                sections[sections.count - 1].content.append(block)
            }
        }
        if !headings.isEmpty { sections.append(Section(path: open.map(\.text), headings: headings)) }
        return sections
    }

    private init(path: [String], headings: [Block]) {
        self.path = path
        self.headings = headings
    }
}

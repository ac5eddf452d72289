extension ExtractedDocument {
    /// A text that is in memory already, as one paragraph; no blocks for a blank one.
    package static func plainText(_ text: String) -> ExtractedDocument {
        let isBlank = text.allSatisfy(\.isWhitespace)
        let block = Block(kind: .paragraph, range: 0..<text.utf8.count, level: 0, headerLength: 0)
        return ExtractedDocument(
            title: nil, mediaType: "text/plain", language: "", text: text, blocks: isBlank ? [] : [block],
            pageCount: nil, pageOffsets: [], emptyPages: [],
            pageUnit: .page, recognisedPages: [], markKind: nil, marks: [], warnings: [])
    }
}

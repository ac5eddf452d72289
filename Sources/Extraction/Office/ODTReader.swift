/// Texts of LibreOffice and others: .odt, .ott (ODF 1.3).
enum ODTReader {
    static func read(path: String) throws(IngestError) -> ExtractedDocument {
        let parts = try OpenDocumentParts(path: path)
        var text = OpenDocumentText(parts)
        var events = try XMLEvents(parts.content, what: OpenDocumentParts.what)
        while let event = try events.next() {
            guard case .start(let tag) = event else { continue }
            switch tag.name {
            case "document-content", "body", "text": continue
            case _ where OpenDocumentStyles.isPart(tag.name): text.styles.add(try events.element(tag))
            default: try text.readBlock(try events.element(tag))
            }
        }
        try text.flush()
        guard !text.builder.blocks.isEmpty else { throw .blank }
        text.builder.warnings += text.warnings
        return text.builder.finish(
            title: text.styledTitle ?? parts.title ?? text.builder.firstHeading,
            mediaType: "application/vnd.oasis.opendocument.text", declaredLanguage: parts.language)
    }
}

/// Slides of LibreOffice and others: .odp, .otp (ODF 1.3). Each slide is a page; its notes stand at its end.
enum ODPReader {
    static func read(path: String) throws(IngestError) -> ExtractedDocument {
        let parts = try OpenDocumentParts(path: path)
        var text = OpenDocumentText(parts)
        text.builder.pageUnit = .slide
        var events = try XMLEvents(parts.content, what: OpenDocumentParts.what)
        var slides = 0
        var empty: [Int] = []
        var firstTitle: String?
        while let event = try events.next() {
            guard case .start(let tag) = event else { continue }
            switch tag.name {
            case "document-content", "body", "presentation": continue
            case _ where OpenDocumentStyles.isPart(tag.name): text.styles.add(try events.element(tag))
            case "page":
                slides += 1
                text.builder.beginPage()
                let before = text.builder.blocks.count
                let title = try readSlide(try events.element(tag), &text)
                firstTitle = firstTitle ?? title
                if text.builder.blocks.count == before { empty.append(slides) }
            default: try events.skip()
            }
        }
        guard !text.builder.blocks.isEmpty else { throw .blank }
        text.builder.warnings += text.warnings
        return text.builder.finish(
            title: parts.title ?? firstTitle, mediaType: "application/vnd.oasis.opendocument.presentation",
            declaredLanguage: parts.language, pageCount: slides, emptyPages: empty)
    }

    /// - Returns: the slide's title.
    private static func readSlide(_ slide: XMLElement, _ text: inout OpenDocumentText) throws(IngestError) -> String? {
        var title: String?
        // The title stands first, wherever it is drawn.
        for frame in slide.elements where frame["class"] == "title" && title == nil {
            let found = text.plainText(of: wrapped(frame))
            if !found.isEmpty {
                title = found
                try text.builder.heading(found, level: 1)
            }
        }
        var isTitleSeen = false
        for shape in slide.elements {
            switch shape.name {
            case "notes":
                let notes = shape.elements.filter { $0["class"] == "notes" }.map { text.plainText(of: wrapped($0)) }
                    .filter { !$0.isEmpty }.joined(separator: " ")
                if !notes.isEmpty { try text.builder.add(.paragraph, "[Notes] " + notes) }
            case "frame" where shape["class"] == "title" && !isTitleSeen: isTitleSeen = true
            // What stands on each slide: date, foot, number.
            case "frame" where ["date-time", "footer", "page-number", "header"].contains(shape["class"]): break
            case "forms", "animations", "par", "annotation": break
            default: try text.readShape(shape)
            }
        }
        try text.flush()
        return title
    }

    /// As an element inside another, which is what a text is asked of.
    private static func wrapped(_ element: XMLElement) -> XMLElement {
        let holder = XMLElement(XMLTag(name: "holder", namespace: "", attributes: []))
        holder.children = [.element(element)]
        return holder
    }
}

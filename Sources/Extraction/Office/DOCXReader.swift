/// Word documents: .docx, .docm, .dotx (ECMA-376 and its Strict form). Macros and pictures are never opened.
///
/// There are no pages: where they break is decided by the program that shows the document, and the breaks that Word
/// left behind (`w:lastRenderedPageBreak`) are those of its last user's printer. A wrong page is worse than none.
/// Headers and footers are left out: they repeat on each page. Reviewers' comments are left out: they are addressed to
/// the author. Both are told where they matter.
struct DOCXReader {
    static let mediaType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    static let what = "Word document"

    let parts: ZIPParts
    let styles: WordStyles
    let relationships: Relationships
    var builder = DocumentBuilder()
    var numbering: WordNumbering
    var inline: WordInline
    private let notes: [WordInline.NoteKind: [String: XMLElement]]

    private var listLines: [String] = []
    private var codeLines: [String] = []
    /// Notes whose paragraph is in a list or table that has not ended.
    private var pendingNotes: [(mark: Int, kind: WordInline.NoteKind, id: String)] = []
    private var toldNotes: Set<String> = []
    /// A big first letter, which stands in a paragraph of its own.
    private var dropCap = ""
    private var styledTitle: String?
    private var boldHeadings = BoldHeadings()
    /// The levels of bold lines by their size, when they stand for headings.
    private var boldLevels: [Int: Int] = [:]
    /// Text boxes within text boxes, and notes in them.
    private var depth = 0
    /// What the paragraphs of the body stand on.
    private var ground = WordInline.Ground.paper
    private static let depthLimit = 8

    static func read(path: String) throws(IngestError) -> ExtractedDocument {
        // The main part may have any name, so the parts' kinds are told by their folders and endings.
        let parts = try ZIPParts.read(path: path, what: what) { name in
            let name = name.lowercased()
            return (name.hasSuffix(".xml") || name.hasSuffix(".rels"))
                && !["customxml/", "word/theme/", "word/glossary/", "word/embeddings/", "word/charts/"]
                    .contains { name.hasPrefix($0) }
                && !name.hasSuffix("effects.xml") && !name.hasSuffix("websettings.xml")
        }
        guard let main = try Relationships(parts, of: "", what: what).first("officeDocument")?.target,
            let body = parts[main]
        else { throw .broken(what) }
        var reader = try DOCXReader(parts, main: main)
        try reader.readBody(body)
        // Many authors make a line bold instead of giving it a heading's style.
        if let levels = reader.boldHeadings.levels {
            reader = try DOCXReader(parts, main: main)
            reader.boldLevels = levels
            try reader.readBody(body)
        }
        return try reader.finish()
    }

    private init(_ parts: ZIPParts, main: String) throws(IngestError) {
        let relationships = try Relationships(parts, of: main, what: Self.what)
        func root(_ kind: String) throws(IngestError) -> XMLElement? {
            guard let bytes = relationships.first(kind).flatMap({ parts[$0.target] }) else { return nil }
            return try XMLElement.parse(bytes, what: Self.what)
        }
        self.parts = parts
        self.relationships = relationships
        styles = WordStyles(try root("styles"))
        numbering = WordNumbering(try root("numbering"))
        inline = WordInline(styles: styles)
        notes = [.footnote: Self.notes(try root("footnotes")), .endnote: Self.notes(try root("endnotes"))]
    }

    /// By their id, without the lines that part them from the text.
    private static func notes(_ root: XMLElement?) -> [String: XMLElement] {
        var notes: [String: XMLElement] = [:]
        for element in root?.elements ?? [] where element["type"] == nil || element["type"] == "normal" {
            if let id = element["id"] { notes[id] = element }
        }
        return notes
    }

    private mutating func finish() throws(IngestError) -> ExtractedDocument {
        try flush()
        guard !builder.blocks.isEmpty else { throw .blank }
        let properties = try OfficeProperties(parts, what: Self.what)
        builder.warnings += warnings
        return builder.finish(
            title: styledTitle ?? properties.title ?? builder.firstHeading, mediaType: Self.mediaType,
            declaredLanguage: properties.language ?? styles.language)
    }

    private var warnings: [String] {
        let omissions = inline.omissions
        var warnings: [String] = []
        func warn(_ count: Int, _ one: String, _ many: String) {
            if count > 0 { warnings.append(count == 1 ? one : "\(count) \(many)") }
        }
        if omissions.hiddenRuns > 0 { warnings.append("Hidden text was left out.") }
        if omissions.whiteRuns > 0 { warnings.append("White text was kept; check that it can be seen on the page.") }
        if omissions.changes > 0 {
            warnings.append("There are tracked changes; the text was read as if all of them were accepted.")
        }
        warn(
            omissions.comments, "A reviewer's comment was left out.", "reviewers' comments were left out.")
        warn(
            omissions.embedded, "An embedded document was not read; load it as a file of its own.",
            "embedded documents were not read; load them as files of their own.")
        warn(
            omissions.oldEquations, "A formula of an old equation editor is a picture and was not read.",
            "formulas of an old equation editor are pictures and were not read.")
        return warnings
    }

    // MARK: Body

    /// Goes through the document once, a paragraph or table row at a time, so that a book does not stand in memory twice.
    private mutating func readBody(_ bytes: [UInt8]) throws(IngestError) {
        ground = Self.hasBackdrop(bytes) ? .page : .paper
        var events = try XMLEvents(bytes, what: Self.what)
        while let event = try events.next() {
            guard case .start(let tag) = event else { continue }
            switch tag.name {
            case "document", "body", "ins", "moveTo", "customXml", "smartTag", "sdt":
                continue
            case "tbl": try readTable(&events)
            case "sdtPr":
                if Self.isLeftOut(try events.element(tag)) { try skipContent(&events) }
            case "sdtContent": continue
            default: try readBlock(try events.element(tag))
            }
        }
    }

    /// Whether the page is coloured, or a picture lies behind the text somewhere.
    private static func hasBackdrop(_ bytes: [UInt8]) -> Bool {
        ["behindDoc=\"1", "behindDoc='1", "behindDoc=\"t", "behindDoc='t", ":background", "z-index:-"].contains {
            mark in
            bytes.contains(Array(mark.utf8))
        }
    }

    /// After `w:sdtPr`: goes past the content that belongs to it.
    private func skipContent(_ events: inout XMLEvents) throws(IngestError) {
        while let event = try events.next() {
            guard case .start(let tag) = event else {
                if case .end("sdt") = event { return }
                continue
            }
            try events.skip()
            if tag.name == "sdtContent" { return }
        }
    }

    /// Whether a content control holds a placeholder or a table of contents.
    private static func isLeftOut(_ properties: XMLElement) -> Bool {
        properties.first(named: "showingPlcHdr") != nil
            || properties.descendants(named: "docPartGallery").contains { $0["val"] == "Table of Contents" }
    }

    /// A paragraph, a table, or what holds such.
    mutating func readBlock(_ element: XMLElement) throws(IngestError) {
        switch element.name {
        case "p": try readParagraph(element)
        case "tbl": try readTable(element)
        case "ins", "moveTo", "customXml", "smartTag", "sdtContent":
            for child in element.elements { try readBlock(child) }
        case "sdt":
            if let properties = element.first(named: "sdtPr"), Self.isLeftOut(properties) { return }
            for child in element.elements(named: "sdtContent") { try readBlock(child) }
        case "AlternateContent":
            for child in WordInline.alternative(element).elements { try readBlock(child) }
        case "altChunk": inline.countEmbedded()
        case "del", "moveFrom": inline.countChange()
        case "oMath", "oMathPara": try add(.paragraph, OfficeMath.text(of: element))
        default: break
        }
    }

    /// Its paragraphs and tables, one after another.
    mutating func readBlocks(in element: XMLElement) throws(IngestError) {
        guard depth < Self.depthLimit else { return }
        depth += 1
        defer { depth -= 1 }
        for child in element.elements { try readBlock(child) }
    }

    // MARK: Paragraphs

    private mutating func readParagraph(_ element: XMLElement) throws(IngestError) {
        let paragraph = WordParagraph(element, styles)
        let content = inline.read(element, style: paragraph.style, on: depth > 0 ? .unknown : ground)
        if paragraph.isDropCap {
            dropCap = TextCleaner.collapsingWhiteSpace(content.text)
            return
        }
        let text = dropCap + content.text
        dropCap = ""
        let isBlank = text.utf8.allSatisfy { TextCleaner.isWhiteSpace($0) }
        // An empty item is not counted by its number: Word shows the number, but nobody means it.
        let label = isBlank || paragraph.style.isContents ? nil : paragraph.label(&numbering)
        let boldSize = depth == 0 ? BoldHeadings.size(of: text, content, label) : nil
        if !isBlank, !paragraph.style.isContents {
            boldHeadings.count(boldSize, hasLevel: paragraph.headingLevel != nil)
            if let level = paragraph.headingLevel ?? boldSize.flatMap({ boldLevels[$0] }) {
                let number = label.map { $0.isBullet || $0.text.isEmpty ? "" : $0.text + " " } ?? ""
                try add(heading: number + text, level: level)
            } else if paragraph.style.isTitle {
                if styledTitle == nil { styledTitle = text }
                try add(heading: text, level: 1)
            } else if let label {
                try add(item: text, label)
            } else if paragraph.style.isCode || content.monospaced > 0 && content.proportional == 0 {
                try add(codeLine: text)
            } else {
                try add(.paragraph, WordParagraph.lines(text))
            }
        }
        for figure in content.figures { try add(.paragraph, figure) }
        for id in content.diagrams { try readDiagram(id) }
        pendingNotes += content.notes
        if listLines.isEmpty { try flushNotes() }
        for box in content.boxes { try readBlocks(in: box) }
    }

    private mutating func add(heading: String, level: Int) throws(IngestError) {
        try flush()
        try builder.heading(heading, level: level)
    }

    private mutating func add(item: String, _ label: WordNumbering.Label) throws(IngestError) {
        try flushCode()
        let indent = String(repeating: "  ", count: label.level)
        let text = TextCleaner.collapsingWhiteSpace(item)
        listLines.append(indent + (label.text.isEmpty ? text : label.text + " " + text))
        // A list that never ends is cut now and then.
        if listLines.count == 1_000 { try flush() }
    }

    private mutating func add(codeLine: String) throws(IngestError) {
        if codeLines.isEmpty { try flush() }
        codeLines.append(String(codeLine.map { $0 == "\t" ? "    " : String($0) }.joined()))
        if codeLines.count == 1_000 { try flush() }
    }

    mutating func add(_ kind: ExtractedDocument.Kind, _ text: String, headerLines: Int = 0) throws(IngestError) {
        try flush()
        try builder.add(kind, text, headerLines: headerLines)
    }

    mutating func add(table: inout HTMLTable) throws(IngestError) {
        try flush()
        try table.finish(into: &builder)
        try flushNotes()
    }

    mutating func hold(_ notes: [(mark: Int, kind: WordInline.NoteKind, id: String)]) { pendingNotes += notes }

    /// Hands on the list or program at hand, and the notes that belong to it.
    mutating func flush() throws(IngestError) {
        try flushCode()
        if !listLines.isEmpty {
            let lines = listLines.joined(separator: "\n")
            listLines = []
            try builder.add(.list, lines)
        }
        try flushNotes()
    }

    private mutating func flushCode() throws(IngestError) {
        guard !codeLines.isEmpty else { return }
        let code = codeLines.joined(separator: "\n")
        codeLines = []
        try builder.add(.code, code)
    }

    // MARK: Notes and diagrams

    /// Adds the notes after the paragraph, list or table that they belong to, each once.
    private mutating func flushNotes() throws(IngestError) {
        // A note may hold a note.
        while !pendingNotes.isEmpty {
            let notes = pendingNotes
            pendingNotes = []
            for note in notes where toldNotes.insert("\(note.kind) \(note.id)").inserted {
                guard let element = self.notes[note.kind]?[note.id] else { continue }
                try builder.add(.paragraph, "[^\(note.mark)]: " + plainText(of: element))
            }
        }
    }

    /// The texts of a diagram, in the order of its data part.
    private mutating func readDiagram(_ id: String) throws(IngestError) {
        guard let target = relationships[id], !target.isExternal, toldNotes.insert(target.target).inserted,
            let bytes = parts[target.target]
        else { return }
        let texts = try XMLElement.parse(bytes, what: Self.what).descendants(named: "p")
            .map { TextCleaner.collapsingWhiteSpace($0.descendants(named: "t").map(\.text).joined()) }
            .filter { !$0.isEmpty }
        guard !texts.isEmpty else { return }
        try add(.list, texts.map { "- " + $0 }.joined(separator: "\n"))
    }
}

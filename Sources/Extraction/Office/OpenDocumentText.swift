/// Reads paragraphs, lists and tables of OpenDocument (ODF 1.3, part 3), whatever program they are of.
struct OpenDocumentText {
    let parts: OpenDocumentParts
    var styles: OpenDocumentStyles
    var builder = DocumentBuilder()
    private(set) var styledTitle: String?

    private var codeLines: [String] = []
    var notes: [(mark: Int, body: XMLElement)] = []
    var noteCount = 0
    private var headingCounts: [Int] = []
    /// How far each list style has counted, for lists that go on.
    private var listCounts: [String: [Int]] = [:]

    var hidden = 0
    var comments = 0
    var changes = 0
    var embedded = 0
    private var depth = 0
    private static let depthLimit = 16

    init(_ parts: OpenDocumentParts) {
        self.parts = parts
        styles = parts.styles
    }

    /// What a paragraph holds beside its text.
    struct Content {
        var text = ""
        var boxes: [XMLElement] = []
        var figures: [String] = []
        /// Visible bytes in fonts of equal width, and in others.
        var monospaced = 0
        var proportional = 0

        var isCode: Bool { monospaced > 0 && proportional == 0 }
    }

    mutating func countHidden() { hidden += 1 }

    /// Sentences about what was left out.
    var warnings: [String] {
        var warnings: [String] = []
        if hidden > 0 { warnings.append("Hidden text was left out.") }
        if changes > 0 {
            warnings.append("There are tracked changes; the text was read as if all of them were accepted.")
        }
        if comments > 0 {
            warnings.append(
                comments == 1
                    ? "A reviewer's comment was left out." : "\(comments) reviewers' comments were left out.")
        }
        if embedded > 0 {
            warnings.append(
                embedded == 1
                    ? "An embedded object was not read." : "\(embedded) embedded objects were not read.")
        }
        return warnings
    }

    // MARK: Blocks

    /// A paragraph, a list, a table, or what holds such.
    mutating func readBlock(_ element: XMLElement) throws(IngestError) {
        guard depth < Self.depthLimit else { return }
        depth += 1
        defer { depth -= 1 }
        switch element.name {
        case "h": try readHeading(element)
        case "p": try readParagraph(element)
        case "list": try readList(element)
        case "table": try readTable(element)
        case "tracked-changes": changes += 1
        case "section":
            if element["display"] == "none" {
                hidden += 1
            } else {
                try readBlocks(in: element)
            }
        case "frame", "g", "text-box", "custom-shape", "rect", "ellipse", "circle", "line", "path", "polygon", "a":
            try readShape(element)
        // Tables of contents, of figures, of words: each entry is found where it points to.
        case "table-of-content", "illustration-index", "table-index", "object-index", "user-index",
            "alphabetical-index":
            break
        case "bibliography", "index-body", "numbered-paragraph", "soft-page-break": try readBlocks(in: element)
        default: break
        }
    }

    mutating func readBlocks(in element: XMLElement) throws(IngestError) {
        for child in element.elements { try readBlock(child) }
    }

    /// What a shape holds: text, a table, other shapes, a description.
    mutating func readShape(_ element: XMLElement) throws(IngestError) {
        var content = Content()
        readGraphic(element, &content)
        if !isBlank(content.text) {
            try flush()
            try builder.add(.paragraph, content.text)
        }
        try finish(&content)
    }

    private mutating func readHeading(_ element: XMLElement) throws(IngestError) {
        var content = content(of: element)
        let level = min(max(element["outline-level"].flatMap { Int($0) } ?? 1, 1), 10)
        if !isBlank(content.text) {
            try flush()
            try builder.heading(headingNumber(element, level) + content.text, level: level)
        }
        try finish(&content)
    }

    /// `2.1 `, or nothing when headings have no numbers.
    private mutating func headingNumber(_ element: XMLElement, _ level: Int) -> String {
        if headingCounts.count < level {
            headingCounts += (headingCounts.count + 1...level).map { (styles.outline[$0]?.start ?? 1) - 1 }
        }
        headingCounts.removeLast(headingCounts.count - level)
        headingCounts[level - 1] += 1
        guard styles.outline[level]?.format != nil, element["is-list-header"] != "true" else { return "" }
        let label = OpenDocumentStyles.label(styles.outline, level: level, counts: headingCounts.map { max($0, 1) })
        return label.isEmpty ? "" : label + " "
    }

    private mutating func readParagraph(_ element: XMLElement) throws(IngestError) {
        let style = element["style-name"]
        var content = content(of: element)
        if isBlank(content.text) {
            if styles.isCode(style), !codeLines.isEmpty { codeLines.append("") }
        } else if styles.isHidden(style) {
            hidden += 1
        } else if styles.isTitle(style) {
            if styledTitle == nil { styledTitle = content.text }
            try flush()
            try builder.heading(content.text, level: 1)
        } else if content.isCode {
            codeLines.append(content.text)
            if codeLines.count == 1_000 { try flush() }
        } else {
            try flush()
            try builder.add(.paragraph, WordParagraph.lines(content.text))
        }
        try finish(&content)
    }

    /// Adds what stands beside a paragraph: notes, pictures' descriptions, text boxes.
    private mutating func finish(_ content: inout Content) throws(IngestError) {
        try flushNotes()
        for figure in content.figures {
            try flush()
            try builder.add(.paragraph, figure)
        }
        for box in content.boxes { try readBlocks(in: box) }
    }

    mutating func flush() throws(IngestError) {
        guard !codeLines.isEmpty else { return }
        let code = codeLines.joined(separator: "\n")
        codeLines = []
        try builder.add(.code, code)
    }

    private mutating func flushNotes() throws(IngestError) {
        // A note may hold a note.
        while !notes.isEmpty {
            let note = notes.removeFirst()
            let text = plainText(of: note.body)
            try flush()
            try builder.add(.paragraph, "[^\(note.mark)]: " + text)
        }
    }

    private func isBlank(_ text: String) -> Bool { text.utf8.allSatisfy { TextCleaner.isWhiteSpace($0) } }

    // MARK: Lists

    private mutating func readList(_ element: XMLElement) throws(IngestError) {
        var lines: [String] = []
        var shapes = Content()
        var counts: [Int] = []
        try readList(element, style: nil, level: 1, &counts, &lines, &shapes)
        try flushList(&lines)
        try finish(&shapes)
    }

    private mutating func flushList(_ lines: inout [String]) throws(IngestError) {
        guard !lines.isEmpty else { return }
        try flush()
        try builder.add(.list, lines.joined(separator: "\n"))
        lines = []
    }

    private mutating func readList(
        _ element: XMLElement, style inherited: String?, level: Int, _ counts: inout [Int], _ lines: inout [String],
        _ shapes: inout Content
    ) throws(IngestError) {
        guard level <= Self.depthLimit else { return }
        let style = element["style-name"] ?? inherited
        let levels = styles.list(style)
        let start = (levels?[level]?.start ?? 1) - 1
        let goesOn = level == 1 && (element["continue-numbering"] == "true" || element["continue-list"] != nil)
        if goesOn, let style, let known = listCounts[style] { counts = known }
        if counts.count < level { counts += [Int](repeating: start, count: level - counts.count) }
        if !goesOn { counts[level - 1] = start }
        for item in element.elements where item.name == "list-item" || item.name == "list-header" {
            counts.removeLast(counts.count - level)
            if item.name == "list-item" {
                counts[level - 1] =
                    item["start-value"].flatMap { Int($0) }.map { min(max($0, 0), 1_000_000) }
                    ?? counts[level - 1] + 1
            }
            var label = item.name == "list-item" ? OpenDocumentStyles.label(levels, level: level, counts: counts) : ""
            let indent = String(repeating: "  ", count: min(level - 1, 8))
            for child in item.elements {
                switch child.name {
                case "list": try readList(child, style: style, level: level + 1, &counts, &lines, &shapes)
                case "h":
                    try flushList(&lines)
                    try readHeading(child)
                case "p":
                    let content = content(of: child)
                    shapes.figures += content.figures
                    shapes.boxes += content.boxes
                    let text = TextCleaner.collapsingWhiteSpace(content.text)
                    guard !text.isEmpty else { continue }
                    lines.append(indent + (label.isEmpty ? text : label + " " + text))
                    // A second paragraph of the item stands under its text.
                    label = " "
                    if lines.count == 1_000 { try flushList(&lines) }
                default: try readBlock(child)
                }
            }
        }
        if level == 1, let style { listCounts[style] = counts }
    }

    // MARK: Tables

    private mutating func readTable(_ element: XMLElement) throws(IngestError) {
        let rows = OpenDocumentTable.rows(of: element)
        try flush()
        if rows.allSatisfy({ $0.cells.count <= 1 }) {
            // A frame around text.
            for row in rows { for cell in row.cells { try readBlocks(in: cell.element) } }
            return
        }
        var table = HTMLTable()
        let hasHead = rows.contains { $0.isHead }
        var merged = OpenDocumentTable.MergedCells()
        for (number, row) in rows.enumerated() {
            var column = 0
            for cell in row.cells {
                let isHead = hasHead ? row.isHead : number == 0
                if cell.element.name == "table-cell" {
                    let text = plainText(of: cell.element)
                    table.beginCell(isHead: isHead)
                    table.append(text)
                    merged.begin(cell.element, text, column: column)
                } else if let text = merged.text(column: column) {
                    table.beginCell(isHead: isHead)
                    table.append(text)
                }
                column += cell.repeated
            }
            merged.endRow()
            table.endRow()
        }
        try table.finish(into: &builder)
        try flushNotes()
    }

    /// All text of a cell or note on one line; rows of a table inside are parted by semicolons.
    mutating func plainText(of element: XMLElement) -> String {
        guard depth < Self.depthLimit else { return "" }
        depth += 1
        defer { depth -= 1 }
        var pieces: [String] = []
        for child in element.elements {
            switch child.name {
            case "p", "h":
                let content = content(of: child)
                if !styles.isHidden(child["style-name"]) { pieces.append(content.text) }
                pieces += content.figures
                for box in content.boxes { pieces.append(plainText(of: box)) }
            case "table":
                let rows = OpenDocumentTable.rows(of: child).map { row in
                    row.cells.map { plainText(of: $0.element) }.filter { !$0.isEmpty }.joined(separator: ", ")
                }
                pieces.append(rows.filter { !$0.isEmpty }.joined(separator: "; "))
            case "list", "list-item", "list-header", "section", "index-body": pieces.append(plainText(of: child))
            case "annotation": comments += 1
            case "frame", "custom-shape", "g":
                var content = Content()
                readGraphic(child, &content)
                pieces += content.figures
                for box in content.boxes { pieces.append(plainText(of: box)) }
            default: break
            }
        }
        return TextCleaner.collapsingWhiteSpace(pieces.joined(separator: " "))
    }
}

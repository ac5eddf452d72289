/// Sheets of LibreOffice and others: .ods, .ots (ODF 1.3). A line a row, each with the range of its cells; the values as
/// the program showed them last, nothing is calculated.
struct ODSReader {
    /// A row of more columns is cut; its other cells are empty in all but made-up files.
    private static let columnLimit = 1_000
    /// A longer text that is repeated side by side stands once.
    private static let repeatedLimit = 80

    private var text: OpenDocumentText
    private var sheets = 0

    static func read(path: String) throws(IngestError) -> ExtractedDocument {
        let parts = try OpenDocumentParts(path: path)
        var reader = ODSReader(text: OpenDocumentText(parts))
        var events = try XMLEvents(parts.content, what: OpenDocumentParts.what)
        while let event = try events.next() {
            guard case .start(let tag) = event else { continue }
            switch tag.name {
            case "document-content", "body", "spreadsheet": continue
            case "automatic-styles": reader.text.styles.add(try events.element(tag))
            case "table": try reader.readSheet(&events, tag)
            default: try events.skip()
            }
        }
        guard !reader.text.builder.blocks.isEmpty else { throw .blank }
        reader.text.builder.warnings += reader.text.warnings
        return reader.text.builder.finish(
            title: parts.title, mediaType: "application/vnd.oasis.opendocument.spreadsheet",
            declaredLanguage: parts.language)
    }

    private init(text: OpenDocumentText) {
        self.text = text
        self.text.builder.markKind = .cells
    }

    /// After the start of a sheet: row by row, as a sheet may be long.
    private mutating func readSheet(_ events: inout XMLEvents, _ tag: XMLTag) throws(IngestError) {
        sheets += 1
        let name = TextCleaner.collapsingWhiteSpace(tag["name"] ?? "")
        let sheet = name.isEmpty ? "\(sheets)" : TextCleaner.shortened(name, to: 100)
        if text.styles.isHiddenTable(tag["style-name"]) {
            text.countHidden()
            return try events.skip()
        }
        var lines: [(text: String, first: String, last: String)] = []
        var row = 0
        var depth = 1
        while depth > 0, let event = try events.next() {
            switch event {
            case .start(let tag) where tag.name == "table-row":
                try readRow(try events.element(tag), sheet, &row, &lines)
            case .start(let tag)
            where ["table-header-rows", "table-rows", "table-row-group"].contains(tag.name):
                depth += 1
            case .start: try events.skip()
            case .end: depth -= 1
            case .text: break
            }
        }
        guard !lines.isEmpty else { return }
        try text.builder.heading(sheet, level: 1)
        try text.builder.add(.table, lines: lines, headerLines: lines.count > 1 ? 1 : 0)
    }

    private mutating func readRow(
        _ element: XMLElement, _ sheet: String, _ row: inout Int,
        _ lines: inout [(text: String, first: String, last: String)]
    ) throws(IngestError) {
        let repeated = OpenDocumentTable.repetition(element["number-rows-repeated"])
        let number = row + 1
        row += repeated
        var cells: [String] = []
        for cell in OpenDocumentTable.cells(of: element) where cells.count < Self.columnLimit {
            let value = text.plainText(of: cell.element)
            let times = value.utf8.count <= Self.repeatedLimit ? min(cell.repeated, Self.columnLimit - cells.count) : 1
            cells += [String](repeating: value, count: times)
        }
        while cells.last?.isEmpty == true { cells.removeLast() }
        guard let first = cells.firstIndex(where: { !$0.isEmpty }) else { return }
        if ["collapse", "filter"].contains(element["visibility"]) { return text.countHidden() }
        guard lines.count < DocumentBuilder.blockLimit else {
            throw .tooLarge("The number of rows", limit: "\(DocumentBuilder.blockLimit)")
        }
        // Rows that are the same are one line with the range of all.
        lines.append(
            (
                cells.joined(separator: " | "), "\(sheet)!\(CellName.column(first))\(number)",
                "\(CellName.column(cells.count - 1))\(row)"
            ))
    }
}

/// How spreadsheets call their columns.
enum CellName {
    /// `A` for 0, `Z` for 25, `AA` for 26.
    static func column(_ index: Int) -> String {
        var (rest, name) = (index + 1, "")
        while rest > 0, let letter = Unicode.Scalar(UInt32(0x41 + (rest - 1) % 26)) {
            name = String(Character(letter)) + name
            rest = (rest - 1) / 26
        }
        return name
    }
}

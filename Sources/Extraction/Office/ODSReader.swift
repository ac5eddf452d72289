/// Sheets of LibreOffice and others: .ods, .ots (ODF 1.3). A line a row, each with the range of its cells; the values as
/// the program showed them last, nothing is calculated. What was hidden is left out.
struct ODSReader {
    private static let cellLimit = 2_000_000
    /// A longer text that is repeated side by side stands once.
    private static let repeatedLimit = 80

    private var text: OpenDocumentText
    private var sheets = 0
    private var cells = 0

    static func read(path: String) throws(IngestError) -> ExtractedDocument {
        let parts = try OpenDocumentParts(path: path)
        var reader = ODSReader(text: OpenDocumentText(parts))
        var events = try XMLEvents(parts.content, what: OpenDocumentParts.what)
        while let event = try events.next() {
            guard case .start(let tag) = event else { continue }
            switch tag.name {
            case "document-content", "body", "spreadsheet": continue
            case _ where OpenDocumentStyles.isPart(tag.name): reader.text.styles.add(try events.element(tag))
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
        if text.styles.isHiddenTable(tag["style-name"]) {
            text.countHidden()
            return try events.skip()
        }
        var rows: [SheetRow] = []
        var number = 0
        var depth = 1
        while depth > 0, let event = try events.next() {
            switch event {
            case .start(let tag) where tag.name == "table-row":
                if let row = try readRow(try events.element(tag), &number, isAfter: rows.last?.number) {
                    rows.append(row)
                }
            case .start(let tag) where ["table-header-rows", "table-rows", "table-row-group"].contains(tag.name):
                depth += 1
            case .start: try events.skip()
            case .end: depth -= 1
            case .text: break
            }
        }
        let name = TextCleaner.collapsingWhiteSpace(tag["name"] ?? "")
        try add(rows, sheet: name.isEmpty ? "\(sheets)" : TextCleaner.shortened(name, to: 100))
    }

    /// - Parameters:
    ///   - number: of the row before; of the last row that this one stands for afterwards.
    ///   - previous: the number of the last row that held something.
    /// - Returns: nil when it is empty or hidden.
    private mutating func readRow(
        _ element: XMLElement, _ number: inout Int, isAfter previous: Int?
    ) throws(IngestError) -> SheetRow? {
        let repeated = OpenDocumentTable.repetition(element["number-rows-repeated"])
        // Rows that are the same are told once, under the number of the first.
        let row = SheetRow(
            number: min(number + 1, SheetReference.lastRow), followsGap: previous != nil && previous != number,
            cells: readCells(of: element))
        number = min(number + repeated, SheetReference.lastRow)
        guard !row.cells.isEmpty else { return nil }
        if ["collapse", "filter"].contains(element["visibility"]) {
            text.countHidden()
            return nil
        }
        cells += row.cells.count
        guard cells <= Self.cellLimit else {
            throw .tooLarge("The number of cells", limit: "\(Self.cellLimit)")
        }
        return row
    }

    private mutating func readCells(of element: XMLElement) -> [SheetRow.Cell] {
        var found: [SheetRow.Cell] = []
        var column = 1
        for cell in OpenDocumentTable.cells(of: element) {
            let value = text.plainText(of: cell.element)
            let type = cell.element["value-type"] ?? "string"
            if !value.isEmpty {
                let isLong = value.utf8.count > Self.repeatedLimit
                for offset in 0..<(isLong ? 1 : min(cell.repeated, SheetTables.columnLimit)) {
                    found.append(.init(column: Int32(column + offset), isText: type == "string", text: value))
                }
            }
            column += cell.repeated
            guard column <= SheetReference.lastColumn else { break }
        }
        return found
    }

    private mutating func add(_ rows: [SheetRow], sheet: String) throws(IngestError) {
        guard let first = rows.first, let cell = first.cells.first else { return }
        let prefix = SheetReference.quoted(sheet) + "!"
        let start = SheetReference.letters(Int(cell.column)) + String(first.number)
        text.builder.mark(prefix + start, to: start)
        try text.builder.heading(sheet, level: 1)
        var tables = SheetTables()
        for part in tables.parts(rows) {
            for line in part.caption { try text.builder.add(.paragraph, lines: [Self.placed(line, prefix)]) }
            try text.builder.add(
                part.lines.count == 1 && part.headLines == 0 ? .paragraph : .table,
                lines: part.lines.map { Self.placed($0, prefix) }, headerLines: part.headLines)
        }
        if tables.isCut {
            text.builder.warnings.append(
                "The sheet \(sheet) is very wide: only the first \(SheetTables.columnLimit) columns were read.")
        }
    }

    private static func placed(
        _ line: SheetTables.Line, _ prefix: String
    ) -> (text: String, first: String, last: String) {
        (
            line.text, prefix + SheetReference.letters(line.columns.lowerBound) + String(line.row),
            SheetReference.letters(line.columns.upperBound) + String(line.row)
        )
    }
}

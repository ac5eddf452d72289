/// Reads the cells of one sheet, element by element, up to a number of them.
struct SheetScanner {
    /// What there is to read from.
    struct Workbook {
        var strings = SheetStrings()
        var styles = SheetStyles()
        /// Whether days are counted since 1904.
        var since1904 = false
    }

    private(set) var rows: [SheetRow] = []
    private(set) var merged: [SheetRange] = []
    private(set) var cellCount = 0
    /// Rows and columns that hold something but are not shown.
    private(set) var hiddenRows = 0
    private(set) var hiddenColumns: Set<Int32> = []
    /// Formulas whose result the file does not hold.
    private(set) var unknownResults = 0
    /// The row at which reading ended because there were too many.
    private(set) var cutAt: Int?

    private let workbook: Workbook
    private let cellLimit: Int
    private let rowLimit: Int
    private var columnsNotShown: [ClosedRange<Int>] = []
    private var lastFilledRow = 0

    private static let mergedLimit = 20_000

    init(_ workbook: Workbook, cellLimit: Int, rowLimit: Int) {
        self.workbook = workbook
        self.cellLimit = cellLimit
        self.rowLimit = rowLimit
    }

    mutating func read(_ bytes: [UInt8], what: String) throws(IngestError) {
        // The cells are counted, not the elements.
        var events = try XMLEvents(bytes, what: what, nodeLimit: .max)
        var lastRow = 0
        while let event = try events.next() {
            guard case .start(let tag) = event else { continue }
            switch tag.name {
            case "col": note(tag)
            case "row":
                let number = tag["r"].flatMap { Int($0) } ?? lastRow + 1
                guard (1...SheetReference.lastRow).contains(number) else { throw .broken(what) }
                guard cutAt == nil else { continue }
                guard rows.count < rowLimit, cellCount < cellLimit else {
                    // What follows the rows is small and still wanted.
                    cutAt = number
                    continue
                }
                try readRow(number, isHidden: Self.isSet(tag["hidden"]), &events)
                lastRow = number
            case "mergeCell":
                if merged.count < Self.mergedLimit, let range = tag["ref"].flatMap({ SheetRange($0) }) {
                    merged.append(range)
                }
            default: continue
            }
        }
        // Programs write rows in order; who does not is put right.
        if !zip(rows, rows.dropFirst()).allSatisfy({ $0.number < $1.number }) {
            rows.sort { $0.number < $1.number }
        }
    }

    private mutating func note(_ column: XMLTag) {
        guard Self.isSet(column["hidden"]), columnsNotShown.count < 1_000,
            let first = column["min"].flatMap({ Int($0) }), let last = column["max"].flatMap({ Int($0) }), first <= last
        else { return }
        columnsNotShown.append(first...last)
    }

    private mutating func readRow(
        _ number: Int, isHidden: Bool, _ events: inout XMLEvents
    ) throws(IngestError) {
        var row = SheetRow(number: number, cells: [])
        var lastColumn: Int32 = 0
        while let event = try events.next() {
            if case .end(let name) = event, name == "row" { break }
            guard case .start(let tag) = event, tag.name == "c" else { continue }
            let column = tag["r"].flatMap { SheetReference($0) }.map { Int32($0.column) } ?? lastColumn + 1
            lastColumn = column
            guard let cell = try readCell(tag, column: column, &events) else { continue }
            cellCount += 1
            if !isHidden, columnsNotShown.contains(where: { $0.contains(Int(column)) }) {
                hiddenColumns.insert(column)
            } else {
                row.cells.append(cell)
            }
        }
        guard !row.cells.isEmpty else { return }
        row.followsGap = number != lastFilledRow + 1
        lastFilledRow = number
        if isHidden {
            hiddenRows += 1
        } else {
            if !zip(row.cells, row.cells.dropFirst()).allSatisfy({ $0.column < $1.column }) {
                row.cells.sort { $0.column < $1.column }
            }
            rows.append(row)
        }
    }

    private mutating func readCell(
        _ cell: XMLTag, column: Int32, _ events: inout XMLEvents
    ) throws(IngestError) -> SheetRow.Cell? {
        var value = ""
        var (isValue, isFormula) = (false, false)
        reading: while let event = try events.next() {
            switch event {
            case .start(let tag):
                isValue = tag.name == "v"
                if tag.name == "f" { isFormula = true }
                if tag.name == "is" { value = try SheetStrings.text(&events) }
            case .text(let text): if isValue { value = text }
            case .end(let name):
                isValue = false
                if name == "c" { break reading }
            }
        }
        guard !value.isEmpty else {
            if isFormula, cell["t"] ?? "n" != "str" { unknownResults += 1 }
            return nil
        }
        let (text, isText) = shown(value, cell)
        return text.isEmpty ? nil : .init(column: column, isText: isText, text: text)
    }

    private func shown(_ value: String, _ cell: XMLTag) -> (String, isText: Bool) {
        switch cell["t"] ?? "n" {
        case "s": return (Int(value).flatMap { workbook.strings[$0] } ?? "", true)
        case "inlineStr": return (value, true)
        case "b": return (value == "0" || value == "false" ? "FALSE" : "TRUE", false)
        case "n":
            guard let number = Double(value) else { return (SheetStrings.line(value), true) }
            let format = cell["s"].flatMap { Int($0) }.map { workbook.styles[$0] } ?? .general
            return (format.text(number, since1904: workbook.since1904), false)
        case "d": return (SheetStrings.line(value).replacingTime, false)
        // Text that a formula gave, and errors such as #N/A.
        case let type: return (SheetStrings.line(value), type == "str")
        }
    }

    private static func isSet(_ flag: String?) -> Bool { flag == "1" || flag == "true" }
}

extension String {
    /// An ISO 8601 moment as dates are shown: without the `T`, and without a time that is midnight.
    fileprivate var replacingTime: String {
        guard let mark = utf8.firstIndex(of: UInt8(ascii: "T")) else { return self }
        let time = self[utf8.index(after: mark)...].prefix { $0 != "." && $0 != "Z" }
        return time.hasPrefix("00:00:00") ? String(self[..<mark]) : "\(self[..<mark]) \(time)"
    }
}

/// Cuts the rows of a sheet into what stands together, and finds the head of each table.
///
/// Empty rows part tables. Rows of a single cell above a wider table are its caption. The head is where the file says so
/// (Excel's tables), else the first row of texts that most columns have one in, with the row below when it is made of group
/// names above it.
struct SheetTables {
    /// A table, or a text when it has one column.
    struct Part: Equatable {
        let caption: [Line]
        let lines: [Line]
        let headLines: Int
    }

    struct Line: Equatable {
        let text: String
        let row: Int
        /// The first and last column that hold something, from 1.
        let columns: ClosedRange<Int>
    }

    /// The most columns of a table that are shown.
    static let columnLimit = 512
    private static let headLimit = 3
    /// Tables wider than this need not be in line when hardly a tenth of them is filled.
    private static let sparseColumns = 32

    /// Whether columns were left out.
    private(set) var isCut = false
    /// Head rows that the file names.
    private let knownHeads: [SheetRange]

    init(knownHeads: [SheetRange] = []) { self.knownHeads = knownHeads }

    /// - Parameter rows: in order, without empty ones.
    mutating func parts(_ rows: [SheetRow]) -> [Part] {
        var parts: [Part] = []
        var start = 0
        while start < rows.count {
            var end = start + 1
            while end < rows.count, !rows[end].followsGap { end += 1 }
            parts.append(part(rows[start..<end]))
            start = end
        }
        return parts
    }

    private mutating func part(_ rows: ArraySlice<SheetRow>) -> Part {
        let isWide = rows.contains { $0.cells.count > 1 }
        let caption = isWide ? rows.prefix { $0.cells.count == 1 && $0.cells[0].isText && !isKnownHead($0) } : []
        let body = rows.dropFirst(caption.count)
        let columns = Set(body.lazy.flatMap { $0.cells.lazy.map(\.column) }).sorted()
        if columns.count > Self.columnLimit { isCut = true }
        let shown = Array(columns.prefix(Self.columnLimit))
        let captionLines = caption.map { Self.line($0, [$0.cells[0].column]) }
        let cells = body.reduce(0) { $0 + $1.cells.count }
        if shown.count > Self.sparseColumns, cells * 10 < body.count * shown.count {
            // Mostly empty: bars for all that is not there would be most of the text.
            return Part(
                caption: captionLines, lines: body.map { Self.line($0, $0.cells.map(\.column)) }, headLines: 0)
        }
        return Part(
            caption: captionLines, lines: body.map { Self.line($0, shown) },
            headLines: shown.count > 1 ? headRows(body, columns: shown.count) : 0)
    }

    /// The cells under the columns that the table has, parted by ` | `, without empty ones at the end.
    private static func line(_ row: SheetRow, _ columns: [Int32]) -> Line {
        var text = ""
        var parted = 0
        var index = 0
        for (position, column) in columns.enumerated() {
            guard index < row.cells.count, row.cells[index].column == column else { continue }
            while parted < position {
                text += text.isEmpty ? " | " : text.utf8.last == 0x20 ? "| " : " | "
                parted += 1
            }
            text += row.cells[index].text
            index += 1
        }
        let first = Int(row.cells.first?.column ?? 1)
        return Line(text: text, row: row.number, columns: first...max(first, Int(row.cells.last?.column ?? 1)))
    }

    private func isKnownHead(_ row: SheetRow) -> Bool { knownHeads.contains { $0.rows.lowerBound == row.number } }

    // MARK: Heads

    private func headRows(_ rows: ArraySlice<SheetRow>, columns: Int) -> Int {
        guard rows.count > 1, let first = rows.first else { return 0 }
        if let known = rows.prefix(20).firstIndex(where: isKnownHead) {
            return min(known - rows.startIndex + 1, Self.headLimit)
        }
        guard Self.isHead(first), first.cells.count >= 2 else { return 0 }
        var count = 1
        // Group names leave gaps, which the row below fills.
        while count < Self.headLimit, count + 1 < rows.count, rows[rows.startIndex + count - 1].cells.count < columns {
            let (above, below) = (rows[rows.startIndex + count - 1], rows[rows.startIndex + count])
            guard Self.isHead(below), below.cells.count > above.cells.count,
                rows.dropFirst(count + 1).prefix(50).contains(where: { !Self.isHead($0) })
            else { break }
            count += 1
        }
        return Self.coverage(rows.prefix(count)) * 2 >= columns ? count : 0
    }

    /// How many columns have a name in one of the rows.
    private static func coverage(_ rows: ArraySlice<SheetRow>) -> Int {
        Set(rows.lazy.flatMap { $0.cells.lazy.map(\.column) }).count
    }

    /// Texts only, or years, which head columns as often.
    private static func isHead(_ row: SheetRow) -> Bool {
        row.cells.allSatisfy { $0.isText || Int($0.text).map { (1_900...2_100).contains($0) } ?? false }
            && row.cells.contains(where: \.isText)
    }
}

/// The cells of one HTML table while it is being read.
struct HTMLTable {
    private var rows: [[String]] = []
    private var row: [String] = []
    private var rowIsHead = true
    private var headRows = 0
    /// Columns of the cell at hand.
    private var span = 1
    private static let spanLimit = 50
    /// Cells of a row beyond which wide cells leave no empty ones behind.
    private static let paddedLimit = 200
    /// False once it has turned out to be there for the layout only.
    private(set) var isData = true

    /// - Parameter columns: how many columns it takes; the cells after it keep their places.
    mutating func beginCell(isHead: Bool, columns: Int = 1) {
        guard isData else { return }
        if row.count < Self.paddedLimit { for _ in 1..<span { row.append("") } }
        span = min(max(columns, 1), Self.spanLimit)
        if !isHead { rowIsHead = false }
        row.append("")
    }

    /// Adds text to the cell at hand; text between cells (a caption) becomes a row of its own.
    mutating func append(_ text: String) {
        guard !row.isEmpty else {
            rows.append([text])
            return
        }
        row[row.count - 1] += row[row.count - 1].isEmpty ? text : " " + text
    }

    mutating func endRow() {
        defer { (row, rowIsHead, span) = ([], true, 1) }
        guard isData, row.contains(where: { !$0.isEmpty }) else { return }
        if rowIsHead, headRows == rows.count { headRows += 1 }
        rows.append(row)
    }

    /// Ends being a data table; what was collected is for the caller.
    mutating func dissolve() -> [String] {
        endRow()
        isData = false
        defer { rows = [] }
        return rows.flatMap { $0 }
    }

    /// One line a row, cells parted by ` | `; a table of one column is a row of paragraphs.
    mutating func finish(into builder: inout DocumentBuilder) throws(IngestError) {
        endRow()
        guard isData, !rows.isEmpty else { return }
        if rows.allSatisfy({ $0.count == 1 }) {
            for row in rows { try builder.add(.paragraph, row[0]) }
        } else {
            let lines = rows.map { $0.joined(separator: " | ") }
            try builder.add(
                .table, lines.joined(separator: "\n"), headerLines: headRows < rows.count ? headRows : 0)
        }
    }
}

/// The rows of one `tabular` while it is being read.
struct LaTeXTable {
    /// Depth of braces and captured arguments at which `&` and `\\` are the table's own.
    let groupDepth: Int
    let captureDepth: Int
    private var rows: [[String]] = []
    private var row: [String] = [""]
    private var headRows = 0

    init(groupDepth: Int, captureDepth: Int) {
        self.groupDepth = groupDepth
        self.captureDepth = captureDepth
    }

    mutating func append(_ text: String) {
        row[row.count - 1] += row[row.count - 1].isEmpty ? text : " " + text
    }

    /// - Parameter count: more than one where a cell spans several columns.
    mutating func endCell() { row.append("") }

    mutating func endRow() {
        defer { row = [""] }
        guard row.contains(where: { !$0.isEmpty }) else { return }
        rows.append(row)
    }

    /// A rule below the first row, or the first two, makes them the head.
    mutating func rule() {
        if headRows == 0, (1...2).contains(rows.count), row.allSatisfy(\.isEmpty) { headRows = rows.count }
    }

    /// One line a row, cells parted by ` | `; a table of one column is a row of paragraphs.
    mutating func finish(into builder: inout DocumentBuilder) throws(IngestError) {
        endRow()
        guard !rows.isEmpty else { return }
        if rows.count == 1 || rows.allSatisfy({ $0.count == 1 }) {
            for cell in rows.joined() { try builder.add(.paragraph, cell) }
        } else {
            try builder.add(
                .table, rows.map { $0.joined(separator: " | ") }.joined(separator: "\n"),
                headerLines: headRows < rows.count ? headRows : 0)
        }
    }

    /// All of it in one line, for a table within a table.
    mutating func finishAsText() -> String {
        endRow()
        return rows.joined().filter { !$0.isEmpty }.joined(separator: " ")
    }
}

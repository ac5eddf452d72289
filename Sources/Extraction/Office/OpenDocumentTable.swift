/// The rows of an OpenDocument table, whatever they are grouped in.
enum OpenDocumentTable {
    struct Cell {
        let element: XMLElement
        /// How many times it stands side by side.
        let repeated: Int
    }

    struct Row {
        let cells: [Cell]
        let isHead: Bool
    }

    /// Short texts of cells that go on in the rows below.
    struct MergedCells {
        private static let limit = 80
        private var cells: [Int: (text: String, rows: Int)] = [:]

        mutating func begin(_ cell: XMLElement, _ text: String, column: Int) {
            let rows = repetition(cell["number-rows-spanned"])
            cells[column] = rows > 1 && text.utf8.count <= Self.limit ? (text, rows) : nil
        }

        /// What a covered cell repeats; nil for one that is covered from the left.
        func text(column: Int) -> String? { cells[column]?.text }

        mutating func endRow() {
            cells = cells.compactMapValues { $0.rows > 1 ? ($0.text, $0.rows - 1) : nil }
        }
    }

    /// For tables in texts and slides: repetitions there stand for empty cells.
    static func rows(of table: XMLElement, isHead: Bool = false) -> [Row] {
        table.elements.flatMap { child -> [Row] in
            switch child.name {
            case "table-row": [Row(cells: cells(of: child), isHead: isHead)]
            case "table-header-rows": rows(of: child, isHead: true)
            case "table-rows", "table-row-group": rows(of: child, isHead: isHead)
            default: []
            }
        }
    }

    static func cells(of row: XMLElement) -> [Cell] {
        row.elements.filter { $0.name == "table-cell" || $0.name == "covered-table-cell" }.map {
            Cell(element: $0, repeated: repetition($0["number-columns-repeated"]))
        }
    }

    /// At least 1, at most what the largest sheets have.
    static func repetition(_ value: String?) -> Int { min(max(value.flatMap { Int($0) } ?? 1, 1), 1 << 20) }
}

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

    /// For tables in texts and slides: without repetitions, which there stand for empty cells, and without covered cells.
    static func rows(of table: XMLElement, isHead: Bool = false) -> [Row] {
        table.elements.flatMap { child -> [Row] in
            switch child.name {
            case "table-row": [Row(cells: cells(of: child).filter { $0.element.name == "table-cell" }, isHead: isHead)]
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

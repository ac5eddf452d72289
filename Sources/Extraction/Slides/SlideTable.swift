/// A table on a slide (`a:tbl`), as lines of cells.
enum SlideTable {
    struct Lines: Equatable {
        var rows: [[String]] = []
        var hasHead = false
    }

    /// A cell that spans columns says its text once, in the first of them, so that columns stay in line; one that spans rows
    /// says it in each row, so that no row loses its label when the table is cut.
    static func lines(_ table: XMLElement) -> Lines {
        var lines = Lines()
        var above: [String] = []
        for (number, row) in table.elements(named: "tr").enumerated() {
            var cells: [String] = []
            for cell in row.elements(named: "tc") {
                let column = cells.count
                if isSet(cell["vMerge"]), !isSet(cell["hMerge"]), column < above.count {
                    cells.append(above[column])
                } else {
                    cells.append(isSet(cell["hMerge"]) ? "" : cell.first(named: "txBody").map(SlideText.line) ?? "")
                }
            }
            above = cells
            if cells.contains(where: { !$0.isEmpty }) {
                lines.rows.append(cells)
                if number == 0 { lines.hasHead = isSet(table.first(named: "tblPr")?["firstRow"]) }
            }
        }
        return lines
    }

    private static func isSet(_ flag: String?) -> Bool { flag == "1" || flag == "true" }
}

/// Tables of Word documents (ECMA-376-1, 17.4): one line a row, merged cells told once or, where short, in each row.
extension DOCXReader {
    /// What is known of the table while its rows go by.
    struct TableState {
        var table = HTMLTable()
        var columns = 0
        /// Whether the first row is a head, though it is not marked as one.
        var firstRowIsHead = true
        var rows = 0
        /// The texts of cells that go on in the rows below, by their column.
        var merged: [Int: String] = [:]

        /// A frame around text, not a table.
        var isFrame: Bool { columns == 1 }
    }

    /// A text longer than this is told in the first of its merged rows only.
    private static let repeatedLimit = 80

    /// After `w:tbl`, at the top level: row by row, as a table may be as long as a book.
    mutating func readTable(_ events: inout XMLEvents) throws(IngestError) {
        var state = TableState()
        var depth = 1
        while depth > 0, let event = try events.next() {
            switch event {
            case .start(let tag) where Self.holdsRows(tag.name): depth += 1
            case .start(let tag): try readPart(try events.element(tag), &state)
            case .end: depth -= 1
            case .text: break
            }
        }
        try endTable(&state)
    }

    mutating func readTable(_ element: XMLElement) throws(IngestError) {
        var state = TableState()
        try readParts(of: element, &state)
        try endTable(&state)
    }

    private mutating func readParts(of element: XMLElement, _ state: inout TableState) throws(IngestError) {
        for child in element.elements {
            if Self.holdsRows(child.name) { try readParts(of: child, &state) } else { try readPart(child, &state) }
        }
    }

    private static func holdsRows(_ name: String) -> Bool {
        ["sdt", "sdtContent", "ins", "moveTo", "customXml"].contains(name)
    }

    private mutating func readPart(_ element: XMLElement, _ state: inout TableState) throws(IngestError) {
        switch element.name {
        case "tblPr":
            if let look = element.first(named: "tblLook") {
                let bits = look["val"].flatMap { Int($0, radix: 16) } ?? 0x20
                state.firstRowIsHead = look["firstRow"].map { WordValue.isOn($0) } ?? (bits & 0x20 != 0)
            }
        case "tblGrid": state.columns = element.elements(named: "gridCol").count
        case "tr": try readRow(element, &state)
        default: break
        }
    }

    private mutating func endTable(_ state: inout TableState) throws(IngestError) {
        try add(table: &state.table)
    }

    private mutating func readRow(_ row: XMLElement, _ state: inout TableState) throws(IngestError) {
        let properties = row.first(named: "trPr")
        if properties?.first(named: "del") != nil {
            inline.countChange()
            return
        }
        let cells = Self.cells(of: row)
        // The widest row counts, as some programs give a wrong grid.
        state.columns = max(state.columns, cells.count)
        if state.isFrame {
            for cell in cells { try readBlocks(in: cell) }
            return
        }
        let isMarked = properties?.first(named: "tblHeader").map { WordValue.isOn($0["val"]) } ?? false
        let isHead = isMarked || state.rows == 0 && state.firstRowIsHead
        state.rows += 1
        var column = properties?.first(named: "gridBefore").map { Self.span($0) } ?? 0
        for cell in cells {
            let cellProperties = cell.first(named: "tcPr")
            state.table.beginCell(isHead: isHead)
            let merge = cellProperties?.first(named: "vMerge")
            if let merge, merge["val"] != "restart" {
                state.table.append(state.merged[column] ?? "")
            } else {
                let text = plainText(of: cell)
                state.table.append(text)
                state.merged[column] = merge != nil && text.utf8.count <= Self.repeatedLimit ? text : nil
            }
            column += cellProperties?.first(named: "gridSpan").map { Self.span($0) } ?? 1
        }
        state.table.endRow()
    }

    private static func span(_ element: XMLElement) -> Int {
        min(max(element["val"].flatMap { Int($0) } ?? 1, 1), 1_000)
    }

    private static func cells(of element: XMLElement) -> [XMLElement] {
        element.elements.flatMap { child in
            child.name == "tc" ? [child] : holdsRows(child.name) ? cells(of: child) : []
        }
    }

    // MARK: Text of a cell or note

    /// All its paragraphs on one line; rows of a table inside are parted by semicolons.
    mutating func plainText(of element: XMLElement) -> String {
        var pieces: [String] = []
        collect(element, into: &pieces)
        return pieces.joined(separator: " ")
    }

    private mutating func collect(_ element: XMLElement, into pieces: inout [String]) {
        for child in element.elements {
            switch child.name {
            case "p":
                let paragraph = WordParagraph(child, styles)
                let content = inline.read(child, style: paragraph.style)
                let text = TextCleaner.collapsingWhiteSpace(content.text)
                if !text.isEmpty {
                    let label = paragraph.label(&numbering)?.text ?? ""
                    pieces.append(label.isEmpty ? text : label + " " + text)
                }
                pieces += content.figures
                hold(content.notes)
                for box in content.boxes { collect(box, into: &pieces) }
            case "tbl": pieces.append(nestedTable(child))
            case "sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag": collect(child, into: &pieces)
            case "AlternateContent": collect(WordInline.alternative(child), into: &pieces)
            case "altChunk": inline.countEmbedded()
            case "oMath", "oMathPara": pieces.append(OfficeMath.text(of: child))
            default: break
            }
        }
    }

    private mutating func nestedTable(_ element: XMLElement) -> String {
        var rows: [String] = []
        for row in element.descendantRows {
            var cells: [String] = []
            for cell in Self.cells(of: row) {
                let text = plainText(of: cell)
                if !text.isEmpty { cells.append(text) }
            }
            if !cells.isEmpty { rows.append(cells.joined(separator: ", ")) }
        }
        return rows.joined(separator: "; ")
    }
}

extension XMLElement {
    /// The rows of this table, not those of tables in it.
    fileprivate var descendantRows: [XMLElement] {
        elements.flatMap { child in
            child.name == "tr"
                ? [child] : ["sdt", "sdtContent", "ins"].contains(child.name) ? child.descendantRows : []
        }
    }
}

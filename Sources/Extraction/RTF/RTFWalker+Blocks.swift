/// How paragraphs, lists and tables come together.
extension RTFWalker {
    private mutating func takeText() -> String {
        flushSurrogate()
        defer { text.removeAll(keepingCapacity: true) }
        return String(decoding: text, as: UTF8.self)
    }

    mutating func endParagraph() throws(IngestError) {
        guard state.destination == .text else {
            if state.destination == .note { append(" ") }
            return
        }
        if state.isInTable {
            append(" ")
            return
        }
        let raw = takeText()
        let mark = TextCleaner.collapsingWhiteSpace(String(decoding: listMark, as: UTF8.self))
        listMark = []
        guard !raw.utf8.allSatisfy({ TextCleaner.isWhiteSpace($0) }) else { return }
        try endTable()
        if let level = state.outlineLevel.flatMap({ (0...8).contains($0) ? $0 + 1 : nil }) ?? headingStyles[state.style]
        {
            try flushList()
            try builder.heading((mark.isEmpty ? "" : mark + " ") + raw, level: level)
        } else if !mark.isEmpty || state.isListed {
            let indent = String(repeating: "  ", count: state.listLevel)
            let isNumber =
                mark.utf8.contains { (0x30...0x39).contains($0) }
                || mark.utf8.first.map { $0 | 0x20 > 0x60 && $0 < 0x80 } ?? false
            listLines.append(
                indent + (isNumber && mark.utf8.count > 1 ? mark : "-") + " " + TextCleaner.collapsingWhiteSpace(raw))
        } else {
            try flushList()
            let lines = raw.utf8.split(separator: 0x0a).map { TextCleaner.collapsingWhiteSpace(String(Substring($0))) }
            try builder.add(.paragraph, lines.filter { !$0.isEmpty }.joined(separator: "\n"))
        }
    }

    mutating func flushList() throws(IngestError) {
        guard !listLines.isEmpty else { return }
        try builder.add(.list, listLines.joined(separator: "\n"))
        listLines = []
    }

    mutating func endCell() {
        guard state.destination == .text else { return }
        listMark = []
        row.append(TextCleaner.collapsingWhiteSpace(takeText()))
    }

    mutating func endRow() {
        if !text.isEmpty { endCell() }
        if row.contains(where: { !$0.isEmpty }) {
            if isHeadRow, headRows == rows.count { headRows += 1 }
            rows.append(row)
        }
        row = []
    }

    /// The rows at hand as a table; those of one cell as paragraphs.
    mutating func endTable() throws(IngestError) {
        endRow()
        guard !rows.isEmpty else { return }
        try flushList()
        defer { (rows, headRows) = ([], 0) }
        if rows.allSatisfy({ $0.count == 1 }) {
            for row in rows { try builder.add(.paragraph, row[0]) }
        } else {
            try builder.add(
                .table, rows.map { $0.joined(separator: " | ") }.joined(separator: "\n"),
                headerLines: headRows < rows.count ? headRows : 0)
        }
    }
}

/// The name of a cell: `B12` is column 2 of row 12.
struct SheetReference: Equatable {
    static let lastRow = 1_048_576
    static let lastColumn = 16_384

    /// From 1.
    let column: Int
    let row: Int

    init?(column: Int, row: Int) {
        guard (1...Self.lastColumn).contains(column), (1...Self.lastRow).contains(row) else { return nil }
        (self.column, self.row) = (column, row)
    }

    /// `B12` or `$B$12`.
    init?(_ text: some StringProtocol) {
        var (column, row) = (0, 0)
        for byte in text.utf8 where byte != UInt8(ascii: "$") {
            switch byte {
            case 0x41...0x5a where row == 0, 0x61...0x7a where row == 0: column = column * 26 + Int(byte & 0x1f)
            case 0x30...0x39 where column > 0: row = row * 10 + Int(byte - 0x30)
            default: return nil
            }
            guard column <= Self.lastColumn, row <= Self.lastRow else { return nil }
        }
        self.init(column: column, row: row)
    }

    var name: String { Self.letters(column) + String(row) }

    static func letters(_ column: Int) -> String {
        var left = column
        var letters: [UInt8] = []
        while left > 0 {
            letters.append(0x41 + UInt8((left - 1) % 26))
            left = (left - 1) / 26
        }
        return String(decoding: letters.reversed(), as: UTF8.self)
    }

    /// A sheet's name, as long as Excel lets it be (31 characters): each place repeats it.
    static func shortName(_ name: String) -> String {
        let clean = TextCleaner.collapsingWhiteSpace(name).unicodeScalars
        return String(String.UnicodeScalarView(clean.prefix(31)))
    }

    /// The sheet's name as formulas write it: in quotes unless it is a plain word.
    static func quoted(_ sheet: String) -> String {
        let isPlain = !sheet.isEmpty && sheet.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
        return isPlain && sheet.first?.isNumber != true
            ? sheet : "'" + sheet.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }
}

/// A block of cells: `A1:F12`.
struct SheetRange: Equatable {
    let rows: ClosedRange<Int>
    let columns: ClosedRange<Int>

    init?(_ text: String) {
        let ends = text.split(separator: ":")
        guard (1...2).contains(ends.count), let first = SheetReference(ends[0]),
            let last = SheetReference(ends[ends.count - 1]), first.row <= last.row, first.column <= last.column
        else { return nil }
        rows = first.row...last.row
        columns = first.column...last.column
    }
}

/// Cuts delimited text into rows of cells, one pass, as RFC 4180 says; what breaks its rules is taken as it stands.
struct DelimitedRows {
    /// Cells of one row beyond which the rest of the line is one cell.
    private static let columnLimit = 1_000
    /// A quoted cell that does not end within so many bytes was never meant as quoted.
    private static let quotedLimit = 200_000

    private let bytes: [UInt8]
    private let separator: UInt8
    private var position = 0
    private var number = 0

    init(_ bytes: [UInt8], separator: UInt8) {
        self.bytes = bytes
        self.separator = separator
        if bytes.starts(with: "sep=".utf8), bytes.count > 5, bytes[5] == 0x0a || bytes[5] == 0x0d { skipLine() }
    }

    /// The next row and its number from 1, as a spreadsheet would count; an empty line is a row with one empty cell.
    mutating func next() -> (number: Int, cells: [[UInt8]])? {
        guard position < bytes.count else { return nil }
        number += 1
        var cells: [[UInt8]] = []
        while true {
            let cell = bytes[position...].first == UInt8(ascii: "\"") ? quotedCell() : nil
            cells.append(cell ?? plainCell(toLineEnd: cells.count + 1 >= Self.columnLimit))
            guard position < bytes.count, bytes[position] == separator else { break }
            position += 1
        }
        skipLineEnd()
        return (number, cells)
    }

    private mutating func plainCell(toLineEnd: Bool) -> [UInt8] {
        let start = position
        while position < bytes.count, bytes[position] != 0x0a, bytes[position] != 0x0d,
            toLineEnd || bytes[position] != separator
        {
            position += 1
        }
        return Array(bytes[start..<position])
    }

    /// Between quotation marks, a doubled one standing for itself. nil, and nothing is taken, when there is no end.
    private mutating func quotedCell() -> [UInt8]? {
        let quote = UInt8(ascii: "\"")
        var cell: [UInt8] = []
        var index = position + 1
        while index < bytes.count, index - position < Self.quotedLimit {
            guard bytes[index] == quote else {
                cell.append(bytes[index])
                index += 1
                continue
            }
            if index + 1 < bytes.count, bytes[index + 1] == quote {
                cell.append(quote)
                index += 2
                continue
            }
            position = index + 1
            // What stands between the closing mark and the separator belongs to the cell.
            return cell + plainCell(toLineEnd: false)
        }
        return nil
    }

    private mutating func skipLine() {
        while position < bytes.count, bytes[position] != 0x0a, bytes[position] != 0x0d { position += 1 }
        skipLineEnd()
    }

    private mutating func skipLineEnd() {
        if position < bytes.count, bytes[position] == 0x0d { position += 1 }
        if position < bytes.count, bytes[position] == 0x0a { position += 1 }
    }
}

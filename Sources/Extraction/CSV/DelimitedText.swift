/// Tables as text: values parted by commas, semicolons, tabs or bars (RFC 4180, and what spreadsheets make of it).
///
/// One table block, a line a row, its cells parted by ` | `; each row is marked with its cells (`A2` to `F2`).
enum DelimitedText {
    /// Rows of one block; a longer file becomes several, each with the head row before it.
    private static let rowsPerBlock = 10_000
    /// Bytes of one cell that are kept.
    private static let cellLimit = 32_767
    private static let separators: [UInt8] = [0x2c, 0x3b, 0x09, 0x7c]

    static func read(_ decoded: TextDecoder.Decoded, isTabbed: Bool) throws(IngestError) -> ExtractedDocument {
        var builder = DocumentBuilder()
        builder.warnings += decoded.warnings
        builder.markKind = .cells
        let bytes = Array(decoded.text.utf8)
        var parser = DelimitedRows(bytes, separator: isTabbed ? 0x09 : separator(of: bytes))
        var rows: [(number: Int, cells: [String])] = []
        let step = PlacedLines.linesPerPlace(size: bytes.count)
        var header: String?
        var isFirstBlock = true
        var cutCells = 0
        while let row = parser.next() {
            var cells = row.cells.map { cell in
                if cell.count > cellLimit { cutCells += 1 }
                let kept = cell.prefix(cellLimit).dropLastPartialScalar()
                return TextCleaner.collapsingWhiteSpace(String(decoding: kept, as: UTF8.self))
            }
            // Cells that spreadsheets leave behind the last value.
            while cells.last == "" { cells.removeLast() }
            guard !cells.isEmpty else { continue }
            rows.append((row.number, cells))
            guard rows.count >= rowsPerBlock else { continue }
            try add(&rows, by: step, header: &header, isFirst: &isFirstBlock, to: &builder)
        }
        try add(&rows, by: step, header: &header, isFirst: &isFirstBlock, to: &builder)
        guard !builder.blocks.isEmpty else { throw .blank }
        if cutCells > 0 {
            builder.warnings.append(
                "\(cutCells) cell\(cutCells == 1 ? " was" : "s were") longer than \(cellLimit) characters and cut.")
        }
        return builder.finish(title: nil, mediaType: isTabbed ? "text/tab-separated-values" : "text/csv")
    }

    private static func add(
        _ rows: inout [(number: Int, cells: [String])], by step: Int, header: inout String?, isFirst: inout Bool,
        to builder: inout DocumentBuilder
    ) throws(IngestError) {
        defer { (rows, isFirst) = ([], false) }
        guard !rows.isEmpty else { return }
        var lines = rows.map { row in
            let number = row.number
            return (
                text: row.cells.joined(separator: " | "), first: "A\(number)",
                last: "\(columnName(row.cells.count))\(number)"
            )
        }
        if isFirst, hasHeader(rows.map(\.cells)) { header = lines[0].text }
        if !isFirst, let header { lines.insert((header, lines[0].first, lines[0].last), at: 0) }
        let headerLines = header != nil && lines.count > 1 ? 1 : 0
        try builder.add(
            .table, lines: PlacedLines.grouped(lines, by: step, alone: headerLines), headerLines: headerLines)
    }

    /// `A`, `B`, … `Z`, `AA`, as spreadsheets name their columns.
    static func columnName(_ column: Int) -> String {
        var name: [UInt8] = []
        var rest = column
        while rest > 0 {
            rest -= 1
            name.insert(UInt8(ascii: "A") + UInt8(rest % 26), at: 0)
            rest /= 26
        }
        return String(decoding: name, as: UTF8.self)
    }

    /// Whether the first row names the columns: all of it words that do not come again below, without numbers.
    private static func hasHeader(_ rows: [[String]]) -> Bool {
        guard let first = rows.first, rows.count > 1, first.count > 1 else { return false }
        guard first.allSatisfy({ $0.utf8.count <= 120 }), !first.contains(where: isNumber) else { return false }
        guard Set(first).count == first.count else { return false }
        return !rows.dropFirst().prefix(50).contains { $0 == first }
    }

    private static func isNumber(_ cell: String) -> Bool {
        !cell.isEmpty && cell.utf8.contains { (0x30...0x39).contains($0) }
            && cell.utf8.allSatisfy { (0x30...0x39).contains($0) || "+-.,% R$€/:".utf8.contains($0) || $0 > 0x7f }
    }

    // MARK: Telling

    /// The mark that parts the first rows into equally many cells; the comma when none does better.
    private static func separator(of bytes: [UInt8]) -> UInt8 {
        // Excel's own first line, `sep=;`.
        if bytes.starts(with: "sep=".utf8), bytes.count > 5, separators.contains(bytes[4]) { return bytes[4] }
        var best: (separator: UInt8, score: Int) = (separators[0], 0)
        for separator in separators {
            var rows = DelimitedRows(Array(bytes.prefix(65_536)), separator: separator)
            var counts: [Int: Int] = [:]
            for _ in 0..<50 {
                guard let row = rows.next() else { break }
                if row.cells.count > 1 { counts[row.cells.count, default: 0] += 1 }
            }
            // Rows of the commonest width, each worth a little more the more cells it has.
            let score = counts.map { $0.value * (100 + min($0.key, 50)) }.max() ?? 0
            if score > best.score { best = (separator, score) }
        }
        return best.separator
    }

    /// Whether text of no telling name is a table all the same: every line has as many tabs, semicolons, bars or commas.
    /// Prose has commas too, but not as many in each line, and with spaces behind them.
    static func looksLikeTable(_ head: String) -> Bool {
        var lines = head.utf8.split(separator: 0x0a).prefix(40).map { $0.last == 0x0d ? $0.dropLast() : $0 }
        // The last line may be cut.
        if lines.count == 40 || head.utf8.count >= 60_000 { lines.removeLast() }
        guard lines.count >= 5, lines.allSatisfy({ $0.count <= 2_000 }) else { return false }
        return separators.contains { separator in
            let counts = lines.map { line in line.reduce(0) { $0 + ($1 == separator ? 1 : 0) } }
            guard let count = counts.first, counts.allSatisfy({ $0 == count }) else { return false }
            guard separator != 0x09 else { return count >= 2 }
            // A space behind the mark is how prose is written.
            let isTight = lines.allSatisfy { line in
                zip(line, line.dropFirst()).allSatisfy { $0 != separator || $1 != 0x20 }
            }
            if separator == 0x3b { return count >= 2 && isTight }
            return lines.count >= 8 && count >= 2 && isTight && lines.allSatisfy { $0.count <= 60 * (count + 1) }
        }
    }
}

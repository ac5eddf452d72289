/// Finds tables by where their cells stand: rows of short texts above each other, with empty gutters between them.
///
/// No ruling is needed or looked at. Columns of prose also stand side by side, so a table must look like one: short cells,
/// in three columns or with numbers in the second. Rather none than a wrong one: what is no table keeps its reading order.
struct TableFinder {
    struct Found {
        let rows: [[String]]
        let headerRows: Int
        let box: PDFBox
        /// Which of the page's lines it took.
        let lines: Set<Int>
    }

    /// A part of a line without wide gaps.
    private struct Fragment {
        var words: [PDFWord]
        var box: PDFBox
        let line: Int

        var text: String { PDFLine(words: words, box: box, block: 0).text }
        var isBold: Bool { words.allSatisfy { $0.style?.isBold ?? false } }
    }

    private typealias Row = [Fragment]

    /// The most words of a page that is looked at.
    private static let wordLimit = 20_000
    /// Rows further apart than this many of their heights belong to two tables.
    private static let largestGap: Float = 3

    static func find(in lines: [PDFLine], except taken: Set<Int>) -> [Found] {
        guard lines.reduce(0, { $0 + $1.words.count }) <= wordLimit else { return [] }
        let fragments = lines.indices.filter { !taken.contains($0) }.flatMap { Self.fragments(of: lines[$0], at: $0) }
        var found: [Found] = []
        var run: [Row] = []
        for row in rows(of: fragments) {
            if !fits(row, below: run) {
                if let table = table(run) { found.append(table) }
                run = []
            }
            run.append(row)
        }
        if let table = table(run) { found.append(table) }
        // A line that a table took in part is in no other place: all of its fragments must be in one table.
        return found.filter { table in
            fragments.allSatisfy {
                !table.lines.contains($0.line) || table.box.contains(x: $0.box.middleX, y: $0.box.middleY, margin: 1)
            }
        }
    }

    private static func fragments(of line: PDFLine, at index: Int) -> [Fragment] {
        var fragments: [Fragment] = []
        // The spaces of a justified line are all wide.
        let gaps = zip(line.words, line.words.dropFirst()).map { $1.box.left - $0.box.right }.sorted()
        let usual = gaps.count >= 3 ? gaps[gaps.count / 2] : 0
        for word in line.words {
            if let last = fragments.last,
                word.box.left - last.box.right < max(0.9 * word.box.height, min(usual, 2 * word.box.height) * 2)
            {
                fragments[fragments.count - 1].words.append(word)
                fragments[fragments.count - 1].box = last.box.union(word.box)
            } else {
                fragments.append(Fragment(words: [word], box: word.box, line: index))
            }
        }
        return fragments
    }

    /// From top to bottom, each from left to right.
    private static func rows(of fragments: [Fragment]) -> [Row] {
        var rows: [(row: Row, box: PDFBox)] = []
        for fragment in fragments.sorted(by: { $0.box.middleY < $1.box.middleY }) {
            if let last = rows.last,
                abs(last.row[0].box.middleY - fragment.box.middleY) < 0.4
                    * min(last.row[0].box.height, fragment.box.height)
            {
                rows[rows.count - 1].row.append(fragment)
            } else {
                rows.append(([fragment], fragment.box))
            }
        }
        return rows.map { $0.row.sorted { $0.box.left < $1.box.left } }
    }

    /// Whether `row` goes on with the columns of `run`: near enough, and no cell of either reaches over two of the other.
    private static func fits(_ row: Row, below run: [Row]) -> Bool {
        guard let last = run.last else { return true }
        let height = max(row[0].box.height, 1)
        let bottom = last.map(\.box.bottom).max() ?? 0
        let top = row.map(\.box.top).min() ?? 0
        guard top - bottom < largestGap * height else { return false }
        let columns = columns(of: run)
        if columns.count < 2, row.count < 2 { return false }
        let spans = row.contains { fragment in columns.filter { overlap($0, fragment.box) }.count > 1 }
        let isSpanned = columns.contains { column in row.filter { overlap(column, $0.box) }.count > 1 }
        return !spans && !isSpanned
    }

    private static func overlap(_ column: PDFBox, _ box: PDFBox) -> Bool { column.sharedWidth(box) > -1 }

    /// Where cells stand above each other, from left to right.
    private static func columns(of rows: [Row]) -> [PDFBox] {
        var columns: [PDFBox] = []
        for fragment in rows.joined().sorted(by: { $0.box.left < $1.box.left }) {
            if let last = columns.last, overlap(last, fragment.box) {
                columns[columns.count - 1] = last.union(fragment.box)
            } else {
                columns.append(fragment.box)
            }
        }
        return columns
    }

    // MARK: Judgement

    private static func table(_ all: [Row]) -> Found? {
        var run = all[...]
        while let first = run.first, first.count < 2 { run.removeFirst() }
        while let last = run.last, last.count < 2 { run.removeLast() }
        run = withoutFarRows(run)
        let columns = columns(of: Array(run))
        let cells = Array(run.joined())
        let wide = run.filter { $0.count >= 2 }.count
        guard columns.count >= 2, columns.count <= 40, wide * 2 >= run.count, isTable(Array(run), columns, cells) else {
            return nil
        }
        let texts = continued(Array(run)).map { row in
            columns.map { column in
                TextCleaner.collapsingWhiteSpace(
                    row.filter { overlap(column, $0.box) }.map(\.text).joined(separator: " ")
                ).split(separator: "|", omittingEmptySubsequences: false).joined(separator: "/")
            }
        }
        let box = cells.dropFirst().reduce(cells[0].box) { $0.union($1.box) }
        return Found(rows: texts, headerRows: headerRows(Array(run), texts), box: box, lines: Set(cells.map(\.line)))
    }

    /// A running head or foot stands apart from the table next to it.
    private static func withoutFarRows(_ rows: ArraySlice<Row>) -> ArraySlice<Row> {
        var rows = rows
        let gap: (Row, Row) -> Float = { $1[0].box.top - $0[0].box.bottom }
        let gaps = zip(rows, rows.dropFirst()).map(gap).sorted()
        guard gaps.count >= 2 else { return rows }
        let largest = gaps[gaps.count / 2] * 2 + 2
        if let first = rows.first, let next = rows.dropFirst().first, gap(first, next) > largest { rows.removeFirst() }
        if let last = rows.last, let before = rows.dropLast().last, gap(before, last) > largest { rows.removeLast() }
        return rows
    }

    private static func isTable(_ run: [Row], _ columns: [PDFBox], _ cells: [Fragment]) -> Bool {
        let wide = run.filter { $0.count >= 2 }.count
        let isFull = cells.count == run.count * columns.count
        guard wide >= (columns.count >= 3 && isFull ? 2 : 3), cells.count >= 6,
            cells.count * 5 >= run.count * columns.count * 2
        else { return false }
        let words = cells.reduce(0) { $0 + $1.words.count }
        guard words <= cells.count * (columns.count >= 3 ? 5 : 4) else { return false }
        // Leaders of a table of contents, and lists side by side.
        guard
            !cells.contains(where: { cell in
                let text = cell.text[...]
                return ListMarker.isBare(text) || HeadingRules.hasLeader(text) || text.utf8.allSatisfy { $0 == 0x2e }
            })
        else { return false }
        // Prose fills its column from edge to edge.
        for column in columns {
            let own = cells.filter { overlap(column, $0.box) }
            let full = own.filter { $0.box.width > 0.85 * column.width && $0.words.count >= 5 }
            if full.count * 2 > own.count, own.count >= 3 { return false }
        }
        guard columns.count == 2 else { return true }
        let second = cells.filter { overlap(columns[1], $0.box) }
        let numbers = second.filter { isNumeric($0.text) }
        let hasHead = run[0].allSatisfy(\.isBold) && !run.dropFirst().joined().contains(where: \.isBold)
        return numbers.count * 2 >= second.count || (hasHead && second.allSatisfy { $0.words.count <= 6 })
    }

    private static func isNumeric(_ text: String) -> Bool {
        let digits = text.utf8.filter { (0x30...0x39).contains($0) }.count
        return digits > 0 && digits * 3 >= text.utf8.count
    }

    /// A bold first row over plain ones, or one of words over a column of numbers.
    private static func headerRows(_ run: [Row], _ texts: [[String]]) -> Int {
        guard texts.count >= 2, let first = run.first else { return 0 }
        let rest = run.dropFirst().joined()
        if first.allSatisfy(\.isBold), rest.filter(\.isBold).count * 2 < rest.count { return 1 }
        guard !texts[0].contains(where: isNumeric), !texts[0].contains("") else { return 0 }
        let isNumberColumn = texts[0].indices.contains { column in
            let values = texts.dropFirst().map { $0[column] }.filter { !$0.isEmpty }
            return !values.isEmpty && values.filter(isNumeric).count * 3 >= values.count * 2
        }
        return isNumberColumn ? 1 : 0
    }

    /// Brings the second line of a cell to its first: a row without a first cell, closer than rows are to each other.
    private static func continued(_ run: [Row]) -> [Row] {
        let gaps = zip(run, run.dropFirst()).map { $1[0].box.top - $0[0].box.bottom }.sorted()
        let usual = gaps.isEmpty ? 0 : gaps[gaps.count / 2]
        var rows: [Row] = []
        let left = run.joined().map(\.box.left).min() ?? 0
        for row in run {
            if let last = rows.last, row[0].box.left > left + row[0].box.height * 2, usual > row[0].box.height * 0.6,
                row[0].box.top - (last.map(\.box.bottom).max() ?? 0) < row[0].box.height * 0.35
            {
                rows[rows.count - 1] += row
            } else {
                rows.append(row)
            }
        }
        return rows
    }
}

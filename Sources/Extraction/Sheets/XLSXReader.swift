/// Excel workbooks (SpreadsheetML, ECMA-376 part 1, 18): each sheet a heading, its tables row by row with their head.
///
/// Also templates, with macros or without, which are never looked at. Each row has its place (`Notas!A2:F2`). Cells show what the
/// program that saved the file showed: formulas their last result, numbers in their format (`SheetFormat`). What nobody sees
/// who opens the file is left out and reported: hidden sheets, rows and columns are most often lists and sums behind the
/// visible ones, or what was filtered away. So are reviewers' comments.
struct XLSXReader {
    /// The most cells of a workbook, and the most rows.
    static let cellLimit = 2_000_000
    static let rowLimit = 200_000
    /// Bytes of text after which no more is read: below what a document may have, so that staff get the first part.
    private static let textLimit = DocumentBuilder.textLimit - 2_000_000
    /// Inflated bytes of all sheets together.
    private static let sheetBytesLimit = 400_000_000
    private static let what = "Excel document"

    private let path: String
    private let parts: ZIPParts
    private var builder = DocumentBuilder()
    private var workbook = SheetScanner.Workbook()
    private var findings = SheetFindings()
    private var (cells, rows, sheetBytes) = (0, 0, 0)

    static func read(path: String) throws(IngestError) -> ExtractedDocument {
        let links = try ZIPParts.read(path: path, what: what) { $0.lowercased().hasSuffix(".rels") }
        let main = try Relationships(links, of: "", what: what).first("officeDocument")?.target ?? "xl/workbook.xml"
        let wanted = try described(by: links, main: main)
        let parts = try ZIPParts.read(path: path, what: what) { name in
            name.lowercased().hasSuffix(".rels") || wanted.contains(name.lowercased())
        }
        var reader = XLSXReader(path: path, parts: parts)
        return try reader.run(main)
    }

    private init(path: String, parts: ZIPParts) {
        self.path = path
        self.parts = parts
        builder.markKind = .cells
    }

    /// The parts that describe the workbook and its sheets, in lower case. The sheets themselves, which are large, are read
    /// one by one.
    private static func described(by links: ZIPParts, main: String) throws(IngestError) -> Set<String> {
        let package = try Relationships(links, of: "", what: what).first("core-properties")
        let workbook = try Relationships(links, of: main, what: what).all.filter { !$0.isExternal }
        var wanted = [main, package?.target ?? ""]
        for part in workbook {
            if ["sharedStrings", "styles"].contains(part.kind) { wanted.append(part.target) }
            guard part.kind == "worksheet", let own = try? Relationships(links, of: part.target, what: what) else {
                continue
            }
            wanted += own.all.filter { !$0.isExternal && ["comments", "drawing", "table"].contains($0.kind) }
                .map(\.target)
        }
        return Set(wanted.map { $0.lowercased() })
    }

    private mutating func run(_ main: String) throws(IngestError) -> ExtractedDocument {
        guard let bytes = parts[main] else { throw .broken(Self.what) }
        let root = try XMLElement.parse(bytes, what: Self.what)
        let relationships = try Relationships(parts, of: main, what: Self.what)
        workbook.since1904 = ["1", "true"].contains(root.first(named: "workbookPr")?["date1904"] ?? "")
        if let bytes = relationships.first("sharedStrings").flatMap({ parts[$0.target] }) {
            workbook.strings = try SheetStrings(bytes, what: Self.what)
        }
        // Without styles numbers are shown as they are.
        if let bytes = relationships.first("styles").flatMap({ parts[$0.target] }),
            let styles = try? SheetStyles(bytes, what: Self.what)
        {
            workbook.styles = styles
        }
        let sheets = root.first(named: "sheets")?.elements(named: "sheet") ?? []
        var sheetParts = SheetParts(
            path: path,
            names: sheets.compactMap {
                relationships[$0.tag["id", namespace: XMLNamespace.relationships] ?? ""]?.target
            },
            what: Self.what)
        var read = 0
        for sheet in sheets {
            let name = TextCleaner.collapsingWhiteSpace(sheet["name"] ?? "")
            guard let target = relationships[sheet.tag["id", namespace: XMLNamespace.relationships] ?? ""],
                target.kind == "worksheet", !target.isExternal
            else { continue }
            if sheet["state"] ?? "visible" != "visible" {
                findings.hiddenSheets.append(name)
            } else if findings.cut != nil {
                findings.sheetsNotReached.append(name)
            } else if try add(sheet: name, part: target.target, &sheetParts) {
                read += 1
            } else if findings.largeSheets.last != name {
                findings.damagedSheets.append(name)
            }
        }
        if read == 0, let sheet = findings.largeSheets.first {
            throw .tooLarge("The sheet \(TextCleaner.shortened(sheet, to: 40))", limit: "100 MB (unpacked)")
        }
        guard read > 0 || findings.damagedSheets.isEmpty else { throw .broken(Self.what) }
        guard !builder.blocks.isEmpty else { throw .blank }
        builder.warnings += findings.warnings
        return builder.finish(
            title: try OfficeProperties(parts, what: Self.what).title,
            mediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    }

    // MARK: One sheet

    /// - Returns: false when the sheet is missing or damaged, which costs only itself.
    private mutating func add(
        sheet name: String, part: String, _ sheetParts: inout SheetParts
    ) throws(IngestError) -> Bool {
        let found: [UInt8]?
        do { found = try sheetParts.bytes(part) } catch {
            guard error.code == .tooLarge else { return false }
            findings.largeSheets.append(name)
            return false
        }
        guard let bytes = found else { return false }
        guard sheetBytes + bytes.count <= Self.sheetBytesLimit else {
            findings.largeSheets.append(name)
            return false
        }
        sheetBytes += bytes.count
        var scanner = SheetScanner(
            workbook, cellLimit: Self.cellLimit - cells, rowLimit: Self.rowLimit - rows)
        var isWhole = true
        do { try scanner.read(bytes, what: Self.what) } catch {
            guard error.code == .broken, !scanner.rows.isEmpty else { return false }
            isWhole = false
        }
        cells += scanner.cellCount
        rows += scanner.rows.count
        if !isWhole { findings.damagedSheets.append(name) }
        findings.add(scanner, sheet: name)
        let relationships = try? Relationships(parts, of: part, what: Self.what)
        findings.comments +=
            relationships?.all.filter { $0.kind == "comments" }.reduce(0) { count, relationship in
                let root = parts[relationship.target].flatMap { try? XMLElement.parse($0, what: Self.what) }
                return count + (root?.descendants(named: "comment").count ?? 0)
            } ?? 0
        try add(Self.filled(scanner.rows, scanner.merged), sheet: name, knownHeads: heads(relationships))
        try addDrawing(relationships, sheet: name)
        return true
    }

    /// The text boxes that lie on a sheet, by their upper left cell. Its charts only draw what the cells say.
    private mutating func addDrawing(_ relationships: Relationships?, sheet: String) throws(IngestError) {
        guard
            let root = relationships?.first("drawing").flatMap({ parts[$0.target] })
                .flatMap({ try? XMLElement.parse($0, what: Self.what) })
        else { return }
        var collector = SlideShapeCollector(template: SlideTemplate(layout: nil, master: nil), size: nil)
        for anchor in root.elements.prefix(1_000) {
            let corner = anchor.first(named: "from")
            let place = SheetReference(
                column: (corner?.first(named: "col").flatMap { Int($0.text) } ?? 0).addingReportingOverflow(1).0,
                row: (corner?.first(named: "row").flatMap { Int($0.text) } ?? 0).addingReportingOverflow(1).0)
            let lines = Self.texts(collector.shapes(in: anchor))
            guard !lines.isEmpty, let cell = place?.name else { continue }
            builder.mark(SheetReference.quoted(sheet) + "!" + cell, to: cell)
            try builder.add(.paragraph, lines.joined(separator: "\n"))
        }
    }

    private static func texts(_ shapes: [SlideShape]) -> [String] {
        shapes.flatMap { shape -> [String] in
            switch shape.content {
            case .text(let body, _):
                body.elements(named: "p").map { TextCleaner.collapsingWhiteSpace(SlideText.text(of: $0)) }
                    .filter { !$0.isEmpty }
            case .picture(let figure): [figure]
            case .group(let members): texts(members)
            case .table, .chart, .diagram: []
            }
        }
    }

    /// The head rows of the tables that the sheet's author made as such.
    private func heads(_ relationships: Relationships?) -> [SheetRange] {
        (relationships?.all ?? []).filter { $0.kind == "table" }.prefix(1_000).compactMap { relationship in
            guard let bytes = parts[relationship.target], let table = try? XMLElement.parse(bytes, what: Self.what),
                table["headerRowCount"] != "0"
            else { return nil }
            return table["ref"].flatMap { SheetRange($0) }
        }
    }

    private mutating func add(
        _ rows: [SheetRow], sheet name: String, knownHeads: [SheetRange]
    ) throws(IngestError) {
        guard let first = rows.first?.cells.first, let row = rows.first?.number else { return }
        let prefix = SheetReference.quoted(name) + "!"
        let start = SheetReference.letters(Int(first.column)) + String(row)
        builder.mark(prefix + start, to: start)
        try builder.heading(name, level: 1)
        var tables = SheetTables(knownHeads: knownHeads)
        for part in tables.parts(rows) {
            for line in part.caption { try add([line], .paragraph, head: 0, prefix, sheet: name) }
            try add(
                part.lines, part.lines.count == 1 && part.headLines == 0 ? .paragraph : .table, head: part.headLines,
                prefix, sheet: name)
            if findings.cut != nil { break }
        }
        if tables.isCut { findings.wideSheets.append(name) }
    }

    private mutating func add(
        _ lines: [SheetTables.Line], _ kind: ExtractedDocument.Kind, head: Int, _ prefix: String, sheet: String
    ) throws(IngestError) {
        var room = Self.textLimit - builder.text.utf8.count
        var placed: [(text: String, first: String, last: String)] = []
        placed.reserveCapacity(lines.count)
        for line in lines {
            room -= line.text.utf8.count + 1
            guard room > 0 else {
                findings.cut = (sheet, line.row)
                break
            }
            placed.append(
                (
                    line.text, prefix + SheetReference.letters(line.columns.lowerBound) + String(line.row),
                    SheetReference.letters(line.columns.upperBound) + String(line.row)
                ))
        }
        try builder.add(kind, lines: placed, headerLines: head)
    }

    /// A cell that spans rows says its text in each of them, so that no row loses its label when the table is cut; one that
    /// spans columns says it once, so that columns stay in line.
    private static func filled(_ rows: [SheetRow], _ merged: [SheetRange]) -> [SheetRow] {
        var rows = rows
        var left = 100_000
        for range in merged where range.rows.count > 1 {
            let column = Int32(range.columns.lowerBound)
            guard var index = first(rows, notBefore: range.rows.lowerBound),
                rows[index].number == range.rows.lowerBound,
                let label = rows[index].cells.first(where: { $0.column == column })
            else { continue }
            index += 1
            while index < rows.count, rows[index].number <= range.rows.upperBound, !rows[index].followsGap, left > 0 {
                if !rows[index].cells.contains(where: { $0.column == column }) {
                    let place = rows[index].cells.firstIndex { $0.column > column } ?? rows[index].cells.count
                    rows[index].cells.insert(label, at: place)
                }
                index += 1
                left -= 1
            }
        }
        return rows
    }

    private static func first(_ rows: [SheetRow], notBefore number: Int) -> Int? {
        var (low, high) = (0, rows.count)
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low < rows.count ? low : nil
    }
}

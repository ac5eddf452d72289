/// What staff should know of a workbook, gathered sheet by sheet.
struct SheetFindings {
    var hiddenSheets: [String] = []
    var damagedSheets: [String] = []
    /// Where reading ended because there was too much.
    var cut: (sheet: String, row: Int)?
    var sheetsNotReached: [String] = []
    var wideSheets: [String] = []
    /// Sheets that take more room than one part of a file may.
    var largeSheets: [String] = []
    var comments = 0
    private var hiddenRows = 0
    private var hiddenColumns = 0
    private var unknownResults = 0

    mutating func add(_ scanner: SheetScanner, sheet: String) {
        hiddenRows += scanner.hiddenRows
        hiddenColumns += scanner.hiddenColumns.count
        unknownResults += scanner.unknownResults
        if let row = scanner.cutAt, cut == nil { cut = (sheet, row) }
    }

    var warnings: [String] {
        var warnings: [String] = []
        if !damagedSheets.isEmpty {
            warnings.append("\(Self.sheets(damagedSheets)) damaged and not read completely. Save the workbook again.")
        }
        if !largeSheets.isEmpty {
            warnings.append("\(Self.sheets(largeSheets)) too large and not read. Load what matters as a smaller file.")
        }
        if let cut {
            var text =
                "The workbook is very large: only the first rows were read, up to row \(cut.row - 1) of the sheet \(cut.sheet)"
            text += ". "
            if !sheetsNotReached.isEmpty { text += "\(Self.sheets(sheetsNotReached)) not read. " }
            warnings.append(text + "Load what matters as a smaller file.")
        }
        if !wideSheets.isEmpty {
            warnings.append(
                "\(Self.sheets(wideSheets)) very wide: only the first \(SheetTables.columnLimit) columns were read.")
        }
        if !hiddenSheets.isEmpty { warnings.append("\(Self.sheets(hiddenSheets)) hidden and left out.") }
        if hiddenRows > 0 { warnings.append("\(Self.count(hiddenRows, "hidden row")) left out.") }
        if hiddenColumns > 0 { warnings.append("\(Self.count(hiddenColumns, "hidden column")) left out.") }
        if unknownResults > 0 {
            warnings.append(
                "The file does not hold the results of \(unknownResults) formula\(unknownResults == 1 ? "" : "s"). "
                    + "Open it in Excel or LibreOffice, save it and load it again.")
        }
        if comments > 0 { warnings.append("\(Self.count(comments, "cell comment")) left out.") }
        return warnings
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        number == 1 ? "1 \(noun) was" : "\(number) \(noun)s were"
    }

    /// `The sheet X is`, `The sheets X, Y are`: the first ten.
    private static func sheets(_ names: [String]) -> String {
        let named = names.prefix(10).map { TextCleaner.shortened($0, to: 40) }.joined(separator: ", ")
        let more = names.count > 10 ? " and \(names.count - 10) more" : ""
        return names.count == 1 ? "The sheet \(named) is" : "The sheets \(named)\(more) are"
    }
}

/// Goes through LaTeX once and hands headings, paragraphs, lists, tables, formulas and code to a builder.
///
/// A group's text simply runs on, so only the commands that need their argument as a whole read it ahead. Macros and such
/// arguments are walked in pieces of their own, to a bounded depth.
struct LaTeXWalker {
    /// Arguments within arguments, macros within macros.
    private static let depthLimit = 16
    private static let nestingLimit = 64

    var builder: DocumentBuilder
    var cursor: LaTeXCursor
    var macros = LaTeXMacros()
    /// Before `\begin{document}` nothing is text.
    var isPreamble: Bool
    var isFinished = false
    var title: String?
    var isTitleShown = false
    var authors: [String] = []
    /// Environments like theorems, with the name that the page shows.
    var theorems: [String: String] = [:]
    var environments: [String] = []
    var lists: [(name: String, items: Int)] = []
    var listLines: [String] = []
    var marker: String?
    var tables: [LaTeXTable] = []
    var groupDepth = 0
    /// How many arguments are being made into one line of text.
    var captureDepth = 0
    let hasChapters: Bool
    var leftOut: [String] = []

    /// Text of the paragraph, item or cell at hand.
    private var inline: [UInt8] = []
    private var depth = 0
    private var isQuoteOpen = false

    init(_ source: [UInt8], builder: DocumentBuilder) {
        cursor = LaTeXCursor(source)
        self.builder = builder
        let text = String(decoding: source, as: UTF8.self)
        isPreamble = text.range(ofASCII: "\\begin{document}") != nil
        hasChapters = text.range(ofASCII: "\\chapter") != nil
    }

    var warnings: [String] {
        var warnings: [String] = []
        if !leftOut.isEmpty {
            let names = leftOut.prefix(5).joined(separator: ", ") + (leftOut.count > 5 ? ", …" : "")
            warnings.append("Parts that are in other files were not read: \(names). Load these files too.")
        }
        if macros.isExhausted {
            warnings.append("The document's own commands grow without end; they were not followed.")
        }
        return warnings
    }

    mutating func run() throws(IngestError) {
        try walk()
        while !tables.isEmpty { try endTable() }
        try flush()
        try flushList()
    }

    // MARK: Pieces

    private mutating func walk() throws(IngestError) {
        while !isFinished, let byte = cursor.current { try step(byte) }
    }

    /// Walks `piece` as if it stood here. What is nested too deep is left out.
    mutating func walk(_ piece: [UInt8]) throws(IngestError) {
        guard depth < Self.depthLimit else { return }
        let outer = cursor
        let outerGroup = groupDepth
        cursor = LaTeXCursor(piece, failures: outer.failures)
        depth += 1
        defer { depth -= 1 }
        try walk()
        let failures = cursor.failures
        cursor = outer
        cursor.failures = failures
        groupDepth = outerGroup
    }

    /// The text of an argument, on one line.
    mutating func text(of piece: [UInt8]?) throws(IngestError) -> String {
        guard let piece else { return "" }
        let outer = inline
        inline = []
        captureDepth += 1
        defer {
            captureDepth -= 1
            inline = outer
        }
        try walk(piece)
        return TextCleaner.collapsingWhiteSpace(String(decoding: inline, as: UTF8.self))
    }

    private mutating func step(_ byte: UInt8) throws(IngestError) {
        switch byte {
        case UInt8(ascii: "\\"): try command()
        case UInt8(ascii: "%"): cursor.skipComment()
        case UInt8(ascii: "{"):
            groupDepth += 1
            cursor.position += 1
        case UInt8(ascii: "}"):
            groupDepth = max(groupDepth - 1, 0)
            cursor.position += 1
        case UInt8(ascii: "$"): try formula()
        case UInt8(ascii: "~"), 0x20, 0x09:
            append(" ")
            cursor.position += 1
        case 0x0a:
            if cursor.isBlankLine(after: cursor.position) { try paragraphBreak() } else { append(" ") }
            cursor.position += 1
        case UInt8(ascii: "&"):
            cursor.position += 1
            if ownsCells { try endCell() } else { append(" ") }
        case UInt8(ascii: "-"), UInt8(ascii: "`"), UInt8(ascii: "'"), UInt8(ascii: "\""): punctuation(byte)
        default:
            let start = cursor.position
            while let next = cursor.current, !"\\%{}$~ \t\n&-`'\"".utf8.contains(next) {
                cursor.position += 1
            }
            inline.append(contentsOf: cursor.bytes[start..<cursor.position])
        }
    }

    /// Dashes, quotation marks and babel's hyphens.
    private mutating func punctuation(_ byte: UInt8) {
        var count = 1
        while count < 3, cursor.peek(count) == byte { count += 1 }
        switch byte {
        case UInt8(ascii: "-"): append(count == 3 ? "—" : count == 2 ? "–" : "-")
        case UInt8(ascii: "`"):
            count = min(count, 2)
            append(count == 2 ? "“" : "‘")
            if count == 1 { isQuoteOpen = true }
        case UInt8(ascii: "'"):
            count = min(count, 2)
            append(count == 2 ? "”" : isQuoteOpen ? "’" : "'")
            if count == 1 { isQuoteOpen = false }
        default:
            count = 1
            let next = cursor.peek(1)
            let isInWord = inline.last.map { LaTeXCursor.isLetter($0) || $0 >= 0x80 } ?? false
            if isInWord, next == UInt8(ascii: "-") || next == UInt8(ascii: "="),
                let after = cursor.peek(2), LaTeXCursor.isLetter(after) || after >= 0x80
            {
                if next == UInt8(ascii: "=") { append("-") }
                count = 2
            } else {
                append("\"")
            }
        }
        cursor.position += count
    }

    // MARK: Text

    /// Adds text; a blank after a blank is none.
    mutating func append(_ text: String) {
        if text == " ", let last = inline.last, last == 0x20 || last == 0x0a { return }
        inline.append(contentsOf: text.utf8)
    }

    /// Adds a letter's accent behind it.
    mutating func append(_ bytes: [UInt8]) { inline.append(contentsOf: bytes) }

    mutating func dropLastBlank() { if inline.last == 0x20 { inline.removeLast() } }

    var endsWithBlank: Bool { inline.last.map { TextCleaner.isWhiteSpace($0) } ?? true }

    mutating func paragraphBreak() throws(IngestError) {
        guard captureDepth == 0 else { return append(" ") }
        if tables.isEmpty { try flush() } else { append(" ") }
    }

    /// Hands on the text at hand to where it belongs.
    mutating func flush() throws(IngestError) {
        guard captureDepth == 0 else { return append(" ") }
        let text = String(decoding: inline, as: UTF8.self)
        inline.removeAll(keepingCapacity: true)
        isQuoteOpen = false
        guard !isPreamble, !text.utf8.allSatisfy({ TextCleaner.isWhiteSpace($0) }) else { return }
        if !tables.isEmpty {
            tables[tables.count - 1].append(TextCleaner.collapsingWhiteSpace(text))
        } else if !lists.isEmpty {
            addListLine(TextCleaner.collapsingWhiteSpace(text))
        } else {
            let lines = text.utf8.split(separator: 0x0a).map { TextCleaner.collapsingWhiteSpace(String(Substring($0))) }
            try builder.add(.paragraph, lines.filter { !$0.isEmpty }.joined(separator: "\n"))
        }
    }

    private mutating func addListLine(_ text: String) {
        let indent = String(repeating: "  ", count: min(lists.count, 9))
        listLines.append((marker ?? indent) + text)
        marker = nil
    }

    mutating func flushList() throws(IngestError) {
        guard captureDepth == 0, !listLines.isEmpty else { return }
        try builder.add(.list, listLines.joined(separator: "\n"))
        listLines = []
    }

    mutating func heading(_ text: String, level: Int) throws(IngestError) {
        guard captureDepth == 0, !isPreamble, !text.isEmpty else { return }
        try flush()
        try flushList()
        try builder.heading(text, level: level)
    }

    /// A paragraph of its own: a caption, a box's title.
    mutating func paragraph(_ text: String) throws(IngestError) {
        guard captureDepth == 0 else { return append(" \(text) ") }
        guard !isPreamble, !text.isEmpty else { return }
        if tables.isEmpty { try flush() }
        if !lists.isEmpty { return addListLine(text) }
        try builder.add(.paragraph, text)
    }

    /// A displayed formula or a program: a block that is not cut.
    mutating func source(_ text: String) throws(IngestError) {
        let trimmed = TextCleaner.trimmingBlankLines(text)
        guard !isPreamble, !trimmed.isEmpty else { return }
        guard captureDepth == 0, tables.isEmpty else {
            return append(" " + TextCleaner.collapsingWhiteSpace(text) + " ")
        }
        try flush()
        try flushList()
        try builder.add(.code, trimmed)
    }

    // MARK: Formulas

    private mutating func formula() throws(IngestError) {
        let isDisplayed = cursor.peek(1) == UInt8(ascii: "$")
        let start = cursor.position
        cursor.position += isDisplayed ? 2 : 1
        guard let formula = cursor.formula(upTo: isDisplayed ? "$$" : "$") else {
            cursor.position = start + (isDisplayed ? 2 : 1)
            return append(isDisplayed ? "$$" : "$")
        }
        if isDisplayed { try display(formula) } else { inlineFormula(formula) }
    }

    mutating func inlineFormula(_ formula: [UInt8]) {
        append("$" + TextCleaner.collapsingWhiteSpace(String(decoding: formula, as: UTF8.self)) + "$")
    }

    mutating func display(_ formula: [UInt8]) throws(IngestError) {
        let text = LaTeXWalker.withoutLabels(formula)
        guard !text.isEmpty else { return }
        try source("$$\(text)$$")
    }

    /// One line, unless it has several; `\label{…}` says nothing to a reader.
    static func withoutLabels(_ formula: [UInt8]) -> String {
        var piece = LaTeXCursor(formula)
        var kept: [UInt8] = []
        while let byte = piece.current {
            if byte == UInt8(ascii: "\\"), piece.bytes[piece.position...].starts(with: "\\label{".utf8) {
                let start = piece.position
                piece.position += 6
                if piece.group() != nil { continue }
                piece.position = start
            }
            kept.append(byte)
            piece.position += 1
        }
        return String(decoding: kept, as: UTF8.self).utf8.split(separator: 0x0a)
            .map { TextCleaner.collapsingWhiteSpace(String(Substring($0))) }.filter { !$0.isEmpty }
            .joined(separator: "\n")
    }

    // MARK: Tables

    /// Whether `&` and `\\` here are those of the table at hand.
    var ownsCells: Bool {
        guard let table = tables.last else { return false }
        return table.groupDepth == groupDepth && table.captureDepth == captureDepth
    }

    mutating func endCell() throws(IngestError) {
        takeCell()
        tables[tables.count - 1].endCell()
    }

    mutating func endRow() throws(IngestError) {
        takeCell()
        tables[tables.count - 1].endRow()
    }

    /// The text at hand belongs to the cell at hand, also where it is part of an argument.
    private mutating func takeCell() {
        let text = TextCleaner.collapsingWhiteSpace(String(decoding: inline, as: UTF8.self))
        inline.removeAll(keepingCapacity: true)
        if !text.isEmpty { tables[tables.count - 1].append(text) }
    }

    mutating func beginTable() throws(IngestError) {
        guard tables.count < Self.nestingLimit else { return }
        if tables.isEmpty {
            try flush()
            if captureDepth == 0 { try flushList() }
        } else if ownsCells {
            takeCell()
        }
        tables.append(LaTeXTable(groupDepth: groupDepth, captureDepth: captureDepth))
    }

    mutating func endTable() throws(IngestError) {
        guard !tables.isEmpty else { return }
        takeCell()
        var table = tables.removeLast()
        if captureDepth > 0 || !tables.isEmpty {
            append(" " + table.finishAsText() + " ")
        } else if !isPreamble {
            try table.finish(into: &builder)
        }
    }
}

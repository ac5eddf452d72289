extension LaTeXWalker {
    /// At a backslash.
    mutating func command() throws(IngestError) {
        cursor.position += 1
        guard let byte = cursor.current else { return }
        guard LaTeXCursor.isLetter(byte) || byte == UInt8(ascii: "@") else { return try characterCommand(byte) }
        let name = cursor.letters()
        if try structure(name) { return }
        if try inlineCommand(name) { return }
        if let expansion = macros.expand(name, &cursor) { return try walk(expansion) }
        if let letter = LaTeXCommands.letters[name] {
            skipNameEnd()
            return append(letter)
        }
        if let symbol = LaTeXCommands.symbols[name] {
            let hadBlank = skipNameEnd()
            append(symbol)
            // Authors forget that a blank behind a command's name is swallowed.
            if hadBlank, let next = cursor.current, LaTeXCursor.isLetter(next) || next >= 0x80 { append(" ") }
            return
        }
        // An unknown command goes, what stands in its braces stays.
        cursor.skipStar()
        cursor.skipOverlay()
        let count = LaTeXCommands.droppedGroups[name] ?? 0
        _ = cursor.bracket()
        for _ in 0..<count {
            guard cursor.group() != nil else { break }
            _ = cursor.bracket()
        }
        if cursor.current != UInt8(ascii: "{"), cursor.skipBlanks() { append(" ") }
    }

    private mutating func characterCommand(_ byte: UInt8) throws(IngestError) {
        cursor.position += 1
        switch byte {
        case UInt8(ascii: "\\"):
            cursor.skipStar()
            _ = cursor.bracket()
            if ownsCells { try endRow() } else { append(captureDepth > 0 || !tables.isEmpty ? " " : "\n") }
        case UInt8(ascii: "("):
            if let formula = cursor.formula(upTo: "\\)") { inlineFormula(formula) }
        case UInt8(ascii: "["):
            if let formula = cursor.formula(upTo: "\\]") { try display(formula) }
        default:
            let name = String(decoding: [byte], as: UTF8.self)
            if let accent = LaTeXCommands.accents[name] { return try self.accent(accent) }
            // What is neither known nor ASCII is taken as it is.
            if let text = LaTeXCommands.characters[byte] { append(text) } else { append([byte]) }
        }
    }

    private mutating func accent(_ accent: Unicode.Scalar) throws(IngestError) {
        let base: [UInt8]
        switch cursor.argument() {
        case .some(let group) where group == Array("\\i".utf8): base = [UInt8(ascii: "i")]
        case .some(let group) where group == Array("\\j".utf8): base = [UInt8(ascii: "j")]
        case .some(let group): base = Array(try text(of: group).utf8)
        case .none: base = []
        }
        // `\i` and `\j` are left as letters without a dot, which take an accent in no other way.
        let letter =
            base == Array("ı".utf8) ? [UInt8(ascii: "i")] : base == Array("ȷ".utf8) ? [UInt8(ascii: "j")] : base
        guard let first = String(decoding: letter, as: UTF8.self).unicodeScalars.first else {
            // `\~{}` and `\^{}` print the mark itself.
            return append(accent == "\u{303}" ? "~" : accent == "\u{302}" ? "^" : "")
        }
        var scalars = String.UnicodeScalarView([first, accent])
        scalars.append(contentsOf: String(decoding: letter, as: UTF8.self).unicodeScalars.dropFirst())
        append(Array(TextCleaner.clean(String(scalars)).utf8))
    }

    @discardableResult
    private mutating func skipNameEnd() -> Bool {
        if cursor.current == UInt8(ascii: "{"), cursor.peek(1) == UInt8(ascii: "}") {
            cursor.position += 2
            return false
        }
        return cursor.skipBlanks()
    }

    // MARK: Structure

    /// Commands that make headings, blocks or definitions.
    private mutating func structure(_ name: String) throws(IngestError) -> Bool {
        switch name {
        case "begin": try beginEnvironment()
        case "end": try endEnvironment()
        case "item": try item()
        case "bibitem":
            _ = cursor.bracket()
            try beginItem("[\(try text(of: cursor.group()))] ")
        case "par", "smallskip", "medskip", "bigskip", "newpage", "clearpage", "pagebreak", "cleardoublepage":
            cursor.skipBlanks()
            try paragraphBreak()
        case "title":
            cursor.skipBlanks()
            _ = cursor.bracket()
            let found = try text(of: cursor.group())
            if title == nil, !found.isEmpty { title = found }
            if !isPreamble { try showTitle() }
        case "author", "institute", "subtitle", "autor", "titulo":
            _ = cursor.bracket()
            let found = try text(of: cursor.group())
            if name == "titulo" {
                if title == nil, !found.isEmpty { title = found }
            } else if !found.isEmpty, found.utf8.count <= 1_000, authors.count < 20 {
                authors.append(found)
            }
        case "maketitle", "titlepage", "imprimircapa", "imprimirfolhaderosto": try showTitle()
        case "frametitle": try frameTitle()
        case "framesubtitle":
            cursor.skipOverlay()
            _ = cursor.bracket()
            try paragraph(try text(of: cursor.group()))
        case "caption", "subcaption", "captionof", "legend", "fonte":
            cursor.skipStar()
            if name == "captionof" { _ = cursor.group() }
            _ = cursor.bracket()
            try paragraph(try text(of: cursor.group()))
        case "newcommand", "renewcommand", "providecommand", "newrobustcmd": macros.define(from: &cursor)
        case "def", "gdef", "edef", "xdef": macros.defineByTeX(from: &cursor)
        case "let":
            _ = cursor.argument()
            if cursor.current == UInt8(ascii: "=") { cursor.position += 1 }
            _ = cursor.argument()
        case "newtheorem": newTheorem()
        case "iffalse": if cursor.raw(upTo: "\\fi") == nil { cursor.position = cursor.bytes.count }
        case "hline", "toprule", "midrule", "bottomrule", "cline", "cmidrule", "specialrule", "addlinespace": rule(name)
        default: return try section(name)
        }
        return true
    }

    private mutating func section(_ name: String) throws(IngestError) -> Bool {
        let plain = name == "chapter" && cursor.current == UInt8(ascii: "*") ? "chapter" : name
        guard let depth = LaTeXCommands.sections[plain] else { return false }
        cursor.skipStar()
        cursor.skipBlanks()
        cursor.skipOverlay()
        let short = cursor.bracket()
        guard let group = cursor.group() ?? short else { return true }
        try heading(try text(of: group), level: depth + 1 - (hasChapters || depth < 2 ? 0 : 1))
        return true
    }

    mutating func frameTitle() throws(IngestError) {
        cursor.skipOverlay()
        _ = cursor.bracket()
        try heading(try text(of: cursor.group()), level: hasChapters ? 5 : 4)
    }

    /// The title as the first heading, and who wrote it.
    mutating func showTitle() throws(IngestError) {
        guard !isTitleShown, let title else { return }
        isTitleShown = true
        try heading(title, level: 1)
        if !authors.isEmpty { try paragraph(authors.joined(separator: "\n")) }
        authors = []
    }

    private mutating func newTheorem() {
        cursor.skipStar()
        guard let name = cursor.group() else { return }
        _ = cursor.bracket()
        guard let shown = cursor.group(), theorems.count < 100 else { return }
        _ = cursor.bracket()
        theorems[String(decoding: name, as: UTF8.self)] = TextCleaner.collapsingWhiteSpace(
            String(decoding: shown, as: UTF8.self))
    }

    private mutating func rule(_ name: String) {
        if name == "cmidrule", cursor.current == UInt8(ascii: "(") { _ = cursor.raw(upTo: ")", limit: 20) }
        _ = cursor.bracket()
        if name == "cline" || name == "cmidrule" {
            if cursor.current == UInt8(ascii: "(") { _ = cursor.raw(upTo: ")", limit: 20) }
            _ = cursor.group()
        } else if name != "addlinespace", ownsCells, endsWithBlank {
            tables[tables.count - 1].rule()
        }
        cursor.skipBlanks()
    }

    // MARK: Within a line

    private mutating func inlineCommand(_ name: String) throws(IngestError) -> Bool {
        if let accent = LaTeXCommands.accents[name] {
            try self.accent(accent)
            return true
        }
        if LaTeXCommands.references.contains(name) {
            cursor.skipStar()
            if let key = cursor.group() { append("[" + String(decoding: key, as: UTF8.self) + "]") }
            return true
        }
        if LaTeXCommands.otherFiles.contains(name) {
            try otherFile(name)
            return true
        }
        let lowercased = name.lowercased()
        if lowercased.hasSuffix("cite") || lowercased.hasPrefix("cite") || lowercased.hasPrefix("textcite"),
            lowercased != "nocite"
        {
            try citation()
            return true
        }
        switch name {
        case "footnote", "footnotetext", "endnote", "sidenote", "marginpar":
            _ = cursor.bracket()
            let note = try text(of: cursor.group())
            if !note.isEmpty { append((endsWithBlank ? "(" : " (") + note + ")") }
        case "url", "path", "nolinkurl":
            if let address = cursor.group(isRaw: true) { append(Self.unescaped(address)) }
        case "href":
            if cursor.group(isRaw: true) == nil { return false }
            if let shown = cursor.group() { append(try text(of: shown)) }
        case "verb", "lstinline", "Verb":
            cursor.skipStar()
            _ = cursor.bracket()
            verbatimInLine()
        case "mintinline":
            _ = cursor.bracket()
            _ = cursor.group()
            verbatimInLine()
        case "and", "And":
            dropLastBlank()
            append(", ")
        case "ensuremath": inlineFormula(cursor.group() ?? [])
        case "multicolumn":
            let count = Int(String(decoding: cursor.group() ?? [], as: UTF8.self)) ?? 1
            _ = cursor.group()
            append(try text(of: cursor.group()))
            for _ in 1..<min(max(count, 1), 50) where ownsCells { try endCell() }
        case "hskip", "vskip", "kern": cursor.skipLength()
        case "SI", "qty", "SIrange":
            _ = cursor.bracket()
            append(try text(of: cursor.group()) + " " + unit(cursor.group()))
        default: return false
        }
        return true
    }

    /// `\kilo\meter` as `kilo meter`.
    private func unit(_ group: [UInt8]?) -> String {
        let names = (group ?? []).map { $0 == UInt8(ascii: "\\") ? 0x20 : $0 }
        return TextCleaner.collapsingWhiteSpace(String(decoding: names, as: UTF8.self))
    }

    private static func unescaped(_ address: [UInt8]) -> String {
        String(decoding: address.filter { $0 != UInt8(ascii: "\\") }, as: UTF8.self)
    }

    private mutating func verbatimInLine() {
        if cursor.current == UInt8(ascii: "{") {
            if let code = cursor.group(isRaw: true) { append(code) }
            return
        }
        guard let mark = cursor.current, mark < 0x80, !LaTeXCursor.isLetter(mark), mark > 0x20 else { return }
        cursor.position += 1
        let end = String(decoding: [mark], as: UTF8.self)
        if let code = cursor.raw(upTo: end, limit: 500) { append(code) }
    }

    private mutating func citation() throws(IngestError) {
        cursor.skipStar()
        var notes: [String] = []
        for _ in 0..<2 {
            cursor.skipBlanks()
            guard let note = cursor.bracket() else { break }
            let shown = try text(of: note)
            if !shown.isEmpty { notes.append(shown) }
        }
        guard let keys = cursor.group() else { return }
        let shown = TextCleaner.collapsingWhiteSpace(String(decoding: keys, as: UTF8.self))
        append("[" + ([shown] + notes).joined(separator: ", ") + "]")
    }

    private mutating func otherFile(_ name: String) throws(IngestError) {
        _ = cursor.bracket()
        if name == "inputminted" { _ = cursor.group() }
        var file = cursor.group() ?? []
        if name == "import" || name == "subimport" { file += cursor.group() ?? [] }
        let shown = TextCleaner.shortened(
            TextCleaner.collapsingWhiteSpace(String(decoding: file, as: UTF8.self)), to: 60)
        if !shown.isEmpty, !isPreamble, leftOut.count < 100, !leftOut.contains(shown) { leftOut.append(shown) }
    }
}

extension LaTeXCursor {
    /// `-0.5cm`, `2pt plus 1fil`.
    mutating func skipLength() {
        skipBlanks()
        while let byte = current, "+-.,0123456789".utf8.contains(byte) { position += 1 }
        for unit in ["pt", "cm", "mm", "em", "ex", "in", "sp", "bp"] where bytes[position...].starts(with: unit.utf8) {
            position += 2
            return
        }
    }
}

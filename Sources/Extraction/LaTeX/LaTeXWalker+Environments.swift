extension LaTeXWalker {
    private static let environmentLimit = 256

    mutating func beginEnvironment() throws(IngestError) {
        guard let group = cursor.group() else { return }
        let name = TextCleaner.collapsingWhiteSpace(String(decoding: group.prefix(64), as: UTF8.self))
        let plain = name.hasSuffix("*") ? String(name.dropLast()) : name
        if name == "document" { return try beginDocument() }
        if LaTeXCommands.verbatim.contains(name) { return try verbatim(name) }
        if LaTeXCommands.dropped.contains(plain) {
            if cursor.raw(upTo: "\\end{\(name)}", limit: 2_000_000) == nil { append(" ") }
            return
        }
        if LaTeXCommands.displayed.contains(plain) { return try displayed(name, plain) }
        if environments.count < Self.environmentLimit { environments.append(name) }
        if LaTeXCommands.tables.contains(plain) {
            try beginTable()
        } else {
            try flush()
        }
        if LaTeXCommands.lists.contains(name), lists.count < 32 { lists.append((name, 0)) }
        try environmentArguments(name)
    }

    private mutating func environmentArguments(_ name: String) throws(IngestError) {
        cursor.skipOverlay()
        let option = cursor.bracket()
        cursor.skipOverlay()
        if name == "frame" {
            if let title = cursor.group() {
                try heading(try text(of: title), level: hasChapters ? 5 : 4)
                if let subtitle = cursor.group() { try paragraph(try text(of: subtitle)) }
            }
        } else if LaTeXCommands.titled.contains(name) {
            try paragraph(try text(of: cursor.group()))
        } else if let shown = theorems[name] {
            let note = try text(of: option)
            append(shown + (note.isEmpty ? "" : " (\(note))") + ". ")
        } else {
            for _ in 0..<(LaTeXCommands.environmentGroups[name] ?? 0) { _ = cursor.group() }
        }
        cursor.skipBlanks()
    }

    private mutating func beginDocument() throws(IngestError) {
        guard isPreamble else { return }
        try flush()
        isPreamble = false
        (lists, listLines, tables, marker, environments, groupDepth) = ([], [], [], nil, [], 0)
        try showTitle()
    }

    mutating func endEnvironment() throws(IngestError) {
        guard let group = cursor.group() else { return }
        let name = TextCleaner.collapsingWhiteSpace(String(decoding: group.prefix(64), as: UTF8.self))
        if name == "document" {
            isFinished = !isPreamble
            return
        }
        // An end without its beginning ends nothing.
        guard let begun = environments.lastIndex(of: name) else { return }
        let open = environments[begun...]
        environments.removeSubrange(begun...)
        for inner in open.reversed() {
            let plain = inner.hasSuffix("*") ? String(inner.dropLast()) : inner
            if LaTeXCommands.tables.contains(plain) {
                try endTable()
            } else {
                try flush()
            }
            if LaTeXCommands.lists.contains(inner), !lists.isEmpty {
                lists.removeLast()
                marker = nil
                if lists.isEmpty { try flushList() }
            }
        }
    }

    // MARK: Items

    mutating func item() throws(IngestError) {
        cursor.skipBlanks()
        cursor.skipOverlay()
        cursor.skipBlanks()
        let label = try text(of: cursor.bracket())
        let isTerm = lists.last?.name == "description"
        if !label.isEmpty {
            try beginItem(isTerm ? "- \(label.hasSuffix(":") ? label : label + ":") " : "\(label) ")
        } else {
            let isNumbered = ["enumerate", "compactenum", "questions", "alineas", "inparaenum"].contains(
                lists.last?.name)
            try beginItem(isNumbered ? "\((lists.last?.items ?? 0) + 1). " : "- ", counts: true)
        }
    }

    mutating func beginItem(_ mark: String, counts: Bool = false) throws(IngestError) {
        guard captureDepth == 0 else { return append(" " + mark) }
        try flush()
        if lists.isEmpty { lists.append(("itemize", 0)) }
        if counts { lists[lists.count - 1].items += 1 }
        marker = String(repeating: "  ", count: min(lists.count - 1, 8)) + mark
        cursor.skipBlanks()
    }

    // MARK: Source

    private mutating func verbatim(_ name: String) throws(IngestError) {
        let start = cursor.position
        _ = cursor.bracket()
        if name == "minted" { _ = cursor.group() }
        // Options may stand in the line of `\begin` only.
        if cursor.bytes[start..<cursor.position].contains(0x0a) { cursor.position = start }
        var code = cursor.raw(upTo: "\\end{\(name)}")
        if code == nil {
            code = Array(cursor.bytes[cursor.position...])
            cursor.position = cursor.bytes.count
        }
        let text = String(decoding: code ?? [], as: UTF8.self)
        let body = text.utf8.first == 0x0a ? String(Substring(text.utf8.dropFirst())) : text
        try source(body)
    }

    /// A displayed formula: environments with several lines keep their own names, because `&` and `\\` mean nothing
    /// without.
    private mutating func displayed(_ name: String, _ plain: String) throws(IngestError) {
        let start = cursor.position
        if plain == "alignat" { _ = cursor.group() }
        guard let formula = cursor.raw(upTo: "\\end{\(name)}", limit: 50_000) else {
            cursor.position = start
            return
        }
        if plain == "math" { return inlineFormula(formula) }
        if ["equation", "displaymath"].contains(plain) { return try display(formula) }
        try source("\\begin{\(name)}\n\(Self.withoutLabels(formula))\n\\end{\(name)}")
    }
}

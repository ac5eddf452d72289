/// Markdown (CommonMark 0.31 blocks, GitHub tables, front matter), read line by line.
struct MarkdownReader {
    private static let frontMatterLimit = 200
    /// Lines of one displayed formula.
    private static let formulaLimit = 60

    private let lines: [Substring]
    private var index = 0
    private var builder = DocumentBuilder()
    private var paragraph: [Substring] = []
    private var frontTitle: String?
    private var frontLanguage = ""

    static func read(_ decoded: TextDecoder.Decoded) throws(IngestError) -> ExtractedDocument {
        var reader = MarkdownReader(TextCleaner.clean(decoded.text))
        reader.builder.warnings += decoded.warnings
        return try reader.run()
    }

    /// Adds the blocks of a piece of Markdown inside another format.
    static func add(_ text: String, to builder: inout DocumentBuilder) throws(IngestError) {
        var reader = MarkdownReader(TextCleaner.clean(text))
        reader.builder = builder
        while reader.index < reader.lines.count { try reader.readBlock() }
        try reader.flush()
        builder = reader.builder
    }

    private init(_ text: String) {
        lines = text.utf8.split(separator: 0x0a, omittingEmptySubsequences: false).map { Substring($0) }
    }

    private mutating func run() throws(IngestError) -> ExtractedDocument {
        readFrontMatter()
        while index < lines.count { try readBlock() }
        try flush()
        guard !builder.blocks.isEmpty else { throw .blank }
        return builder.finish(
            title: frontTitle ?? builder.firstHeading, mediaType: "text/markdown", declaredLanguage: frontLanguage)
    }

    /// Reads the block that begins at `index`, or takes one line into the paragraph at hand.
    private mutating func readBlock() throws(IngestError) {
        let line = MarkdownLine(lines[index])
        if let fence = line.fence {
            try flush()
            try readFence(fence, indent: line.indent)
        } else if line.isBlank {
            try flush()
            index += 1
        } else if let heading = line.heading {
            try flush()
            try builder.heading(MarkdownInline.plain(heading.text), level: heading.level)
            index += 1
        } else if !paragraph.isEmpty, let level = line.setextLevel {
            let text = paragraph.map(String.init).joined(separator: " ")
            paragraph = []
            try builder.heading(MarkdownInline.plain(text), level: level)
            index += 1
        } else if line.isThematicBreak {
            try flush()
            index += 1
        } else if line.hasPipe, index + 1 < lines.count, MarkdownLine(lines[index + 1]).isTableDelimiter {
            try flush()
            try readTable()
        } else if let end = line.formulaEnd, let last = formulaEnd(end) {
            try flush()
            try builder.add(.code, lines[index...last].joined(separator: "\n"))
            index = last + 1
        } else if paragraph.isEmpty, line.beginsHTML {
            try readHTML()
        } else if paragraph.isEmpty, line.isIndentedCode {
            try readIndentedCode()
        } else if line.beginsListItem, paragraph.isEmpty || line.interruptsParagraph {
            try flush()
            try readList()
        } else if paragraph.isEmpty, line.isReferenceDefinition {
            index += 1
        } else {
            paragraph.append(line.content)
            index += 1
        }
    }

    private mutating func flush() throws(IngestError) {
        guard !paragraph.isEmpty else { return }
        var text = ""
        for (position, line) in paragraph.enumerated() {
            let isHardBreak = line.hasSuffix("  ") || line.hasSuffix("\\")
            text += line.hasSuffix("\\") ? line.dropLast() : line
            if position + 1 < paragraph.count { text += isHardBreak ? "\n" : " " }
        }
        paragraph = []
        try builder.add(.paragraph, MarkdownInline.plain(text))
    }

    // MARK: Blocks

    private mutating func readFrontMatter() {
        guard let mark = lines.first, mark == "---" || mark == "+++" else { return }
        guard let end = lines.dropFirst().prefix(Self.frontMatterLimit).firstIndex(where: { $0 == mark || $0 == "..." })
        else { return }
        for line in lines[1..<end] {
            guard let split = line.utf8.firstIndex(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "=") })
            else { continue }
            let key = TextCleaner.collapsingWhiteSpace(String(line[..<split])).lowercased()
            let value = TextCleaner.collapsingWhiteSpace(String(line[line.utf8.index(after: split)...]))
                .trimming { $0 == "\"" || $0 == "'" }
            if key == "title" || key == "título" || key == "titulo", !value.isEmpty { frontTitle = value }
            if key == "lang" || key == "language" { frontLanguage = value }
        }
        index = end + 1
    }

    private mutating func readFence(_ fence: MarkdownLine.Fence, indent: Int) throws(IngestError) {
        index += 1
        var code: [Substring] = []
        while index < lines.count {
            let line = MarkdownLine(lines[index])
            index += 1
            if let end = line.fence, end.mark == fence.mark, end.length >= fence.length, end.info.isEmpty { break }
            code.append(line.removingIndent(upTo: indent))
        }
        try builder.add(.code, code.joined(separator: "\n"))
    }

    private mutating func readIndentedCode() throws(IngestError) {
        var code: [Substring] = []
        while index < lines.count {
            let line = MarkdownLine(lines[index])
            guard line.isIndentedCode || line.isBlank else { break }
            code.append(line.removingIndent(upTo: 4))
            index += 1
        }
        try builder.add(.code, code.joined(separator: "\n"))
    }

    /// The line in which the displayed formula ends that begins at `index`; blank lines may be in it.
    private func formulaEnd(_ end: String) -> Int? {
        let reach = lines[(index + 1)..<min(index + 1 + Self.formulaLimit, lines.count)]
        let mark = Array(end.utf8)
        return reach.firstIndex { line in
            let last = line.utf8.lastIndex { !TextCleaner.isWhiteSpace($0) }
            return last.map { line.utf8[...$0].suffix(mark.count).elementsEqual(mark) } ?? false
        }
    }

    private mutating func readTable() throws(IngestError) {
        var rows: [String] = [row(lines[index])]
        index += 2
        while index < lines.count {
            let line = MarkdownLine(lines[index])
            guard !line.isBlank, line.hasPipe else { break }
            rows.append(row(lines[index]))
            index += 1
        }
        try builder.add(.table, rows.joined(separator: "\n"), headerLines: rows.count > 1 ? 1 : 0)
    }

    /// The cells of a row, parted by ` | `. A pipe behind a backslash or in code is part of its cell.
    private func row(_ line: Substring) -> String {
        var cells: [String] = []
        var cell: [UInt8] = []
        var isEscaped = false
        var isCode = false
        for byte in line.utf8 {
            if byte == UInt8(ascii: "`"), !isEscaped { isCode.toggle() }
            if byte == UInt8(ascii: "|"), isEscaped {
                cell[cell.count - 1] = byte
            } else if byte == UInt8(ascii: "|"), !isCode {
                cells.append(String(decoding: cell, as: UTF8.self))
                cell = []
            } else {
                cell.append(byte)
            }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        }
        cells.append(String(decoding: cell, as: UTF8.self))
        var plain = cells.map { TextCleaner.collapsingWhiteSpace(MarkdownInline.plain($0)) }
        if plain.first == "" { plain.removeFirst() }
        if plain.last == "" { plain.removeLast() }
        return plain.joined(separator: " | ")
    }

    /// An HTML block: up to a blank line, or up to its end tag where blank lines belong to it.
    private mutating func readHTML() throws(IngestError) {
        let end = MarkdownLine(lines[index]).htmlBlockEnd
        let start = index
        index += 1
        if let end {
            if !lines[start].lowercased().contains(end) {
                while index < lines.count, !lines[index].lowercased().contains(end) { index += 1 }
                index = min(index + 1, lines.count)
            }
        } else {
            while index < lines.count, !MarkdownLine(lines[index]).isBlank { index += 1 }
        }
        try HTMLReader.addFragment(lines[start..<index].joined(separator: "\n"), to: &builder)
    }

    /// A list with its nested lists: up to a line after a blank one that is neither indented nor an item.
    private mutating func readList() throws(IngestError) {
        var items: [String] = []
        var isAfterBlank = false
        while index < lines.count {
            let line = MarkdownLine(lines[index])
            if line.isBlank {
                isAfterBlank = true
                index += 1
                continue
            }
            if line.fence != nil || (line.isThematicBreak && line.indent < 4)
                || (line.heading != nil && line.indent == 0)
            {
                break
            }
            if line.beginsListItem {
                let indent = String(repeating: " ", count: min(line.indent, 16))
                items.append(indent + MarkdownInline.plain(String(line.content)))
            } else if isAfterBlank, line.indent < 2 {
                break
            } else {
                let text = MarkdownInline.plain(String(line.content))
                if isAfterBlank {
                    items.append(String(repeating: " ", count: min(line.indent, 16)) + text)
                } else {
                    items[items.count - 1] += " " + text
                }
            }
            isAfterBlank = false
            index += 1
        }
        try builder.add(.list, items.joined(separator: "\n"))
    }
}

extension String {
    /// Without the characters at both ends that `isUnwanted`.
    fileprivate func trimming(_ isUnwanted: (Character) -> Bool) -> String {
        var text = self[...].drop(while: isUnwanted)
        while let last = text.last, isUnwanted(last) { text.removeLast() }
        return String(text)
    }
}

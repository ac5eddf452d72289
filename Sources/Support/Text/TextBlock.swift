/// A part of a text that no sentence crosses: a paragraph, a list item, a heading, a code block.
struct TextBlock: Equatable {
    enum Kind { case prose, whole }

    let kind: Kind
    /// Bytes of the text, line breaks included.
    let range: Range<Int>

    /// The blocks of `bytes` in order; together they are the text, but for blank lines.
    static func blocks(of bytes: [UInt8]) -> [TextBlock] {
        let lines = lines(of: bytes)
        var blocks: [TextBlock] = []
        var paragraph: Range<Int>?
        var followsBlank = true

        func flush() {
            if let range = paragraph { blocks.append(TextBlock(kind: .prose, range: range)) }
            paragraph = nil
        }

        var index = 0
        while index < lines.count {
            let line = lines[index]
            defer { followsBlank = line.kind == .blank }
            switch line.kind {
            case .blank:
                flush()
            case .fence(let mark):
                flush()
                var end = index + 1
                while end < lines.count, !lines[end].closesFence(mark, in: bytes) { end += 1 }
                end = min(end, lines.count - 1)
                blocks.append(TextBlock(kind: .whole, range: line.range.lowerBound..<lines[end].range.upperBound))
                index = end
            case .heading, .tableRow:
                flush()
                blocks.append(TextBlock(kind: .whole, range: line.range))
            case .listItem:
                flush()
                paragraph = line.range
            case .plain(let isIndented):
                if isIndented, followsBlank, let end = endOfCode(from: index, in: lines, of: bytes) {
                    flush()
                    blocks.append(
                        TextBlock(kind: .whole, range: line.range.lowerBound..<lines[end - 1].range.upperBound))
                    index = end - 1
                } else {
                    paragraph = (paragraph?.lowerBound ?? line.range.lowerBound)..<line.range.upperBound
                }
            }
            index += 1
        }
        flush()
        return blocks
    }

    static func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

    /// One past the last line of the indented block at `start` when it reads like code: half its lines carry a mark
    /// that prose seldom has. Else nil.
    private static func endOfCode(from start: Int, in lines: [Line], of bytes: [UInt8]) -> Int? {
        var end = start
        var marked = 0
        while end < lines.count, case .plain(isIndented: true) = lines[end].kind {
            if bytes[lines[end].range].contains(where: { "=;{}()[]<>".utf8.contains($0) }) { marked += 1 }
            end += 1
        }
        return marked * 2 >= end - start ? end : nil
    }

    private static func lines(of bytes: [UInt8]) -> [Line] {
        var lines: [Line] = []
        var start = 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != 0x0a, bytes[end] != 0x0d { end += 1 }
            let contentEnd = end
            if end < bytes.count {
                end += bytes[end] == 0x0d && end + 1 < bytes.count && bytes[end + 1] == 0x0a ? 2 : 1
            }
            lines.append(Line(range: start..<end, kind: Line.kind(of: bytes[start..<contentEnd])))
            start = end
        }
        return lines
    }
}

private struct Line {
    enum Kind: Equatable {
        case blank, heading, tableRow, listItem
        case fence(UInt8)
        case plain(isIndented: Bool)
    }

    let range: Range<Int>
    let kind: Kind

    func closesFence(_ mark: UInt8, in bytes: [UInt8]) -> Bool {
        guard kind == .fence(mark) else { return false }
        return bytes[range].allSatisfy { $0 == mark || TextBlock.isWhiteSpace($0) }
    }

    static func kind(of line: ArraySlice<UInt8>) -> Kind {
        let content = line.drop(while: TextBlock.isWhiteSpace)
        guard let first = content.first else { return .blank }
        switch first {
        case UInt8(ascii: "`"), UInt8(ascii: "~"):
            if content.prefix(while: { $0 == first }).count >= 3 { return .fence(first) }
        case UInt8(ascii: "#"):
            let marks = content.prefix(while: { $0 == first }).count
            if marks <= 6, content.dropFirst(marks).first == 0x20 { return .heading }
        case UInt8(ascii: "|"):
            return .tableRow
        default: break
        }
        if isListItem(content) { return .listItem }
        // A row without bars at its ends, as ingestion writes tables.
        if String(decoding: content, as: UTF8.self).contains(" | ") { return .tableRow }
        let indent = line.prefix(content.startIndex - line.startIndex)
        return .plain(isIndented: indent.count >= 4 || indent.contains(0x09))
    }

    /// `- `, `* `, `+ `, `• `, `1. `, `12) `, `a) `.
    private static func isListItem(_ content: ArraySlice<UInt8>) -> Bool {
        for bullet in ["- ", "* ", "+ ", "• ", "‣ ", "◦ ", "▪ ", "– "] where content.starts(with: bullet.utf8) {
            return true
        }
        let digits = content.prefix { (0x30...0x39).contains($0) }
        let isLetter = digits.isEmpty && content.first.map { (0x61...0x7a).contains($0) } ?? false
        guard (1...3).contains(digits.count) || isLetter else { return false }
        let rest = content.dropFirst(isLetter ? 1 : digits.count)
        guard rest.dropFirst().first == 0x20 else { return false }
        return rest.first == UInt8(ascii: ")") || !isLetter && rest.first == UInt8(ascii: ".")
    }
}

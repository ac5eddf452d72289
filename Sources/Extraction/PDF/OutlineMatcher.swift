/// Finds the lines that the PDF's outline (its bookmarks) points to, by their page and words.
struct OutlineMatcher {
    struct Match: Equatable {
        let level: Int
        /// Lines of the first block that the title takes.
        let usedLines: Int
        /// 2 when the number stands in a block of its own.
        let usedBlocks: Int
    }

    private struct Entry {
        /// Letters and digits only, small.
        let key: [UInt8]
        let level: Int
        var isUsed = false
    }

    private static let lineLimit = 4

    private var entries: [Int: [Entry]] = [:]

    init(_ bookmarks: [PDFBookmark]) {
        for bookmark in bookmarks {
            let key = Self.key(bookmark.title)
            guard !key.isEmpty else { continue }
            entries[bookmark.page, default: []].append(Entry(key: key, level: min(bookmark.level, 6)))
        }
    }

    var isEmpty: Bool { entries.isEmpty }

    /// Forgets what was matched, for another pass.
    mutating func rewind() {
        for page in entries.keys {
            for index in entries[page, default: []].indices { entries[page]?[index].isUsed = false }
        }
    }

    /// The bookmark that names the beginning of `block`; each is used once.
    mutating func match(_ block: LayoutBlock, next: LayoutBlock?, page: Int) -> Match? {
        guard let candidates = entries[page], let first = block.lines.first, !first.isFurniture else { return nil }
        let longest = candidates.reduce(0) { $1.isUsed ? $0 : max($0, $1.key.count) }
        guard longest > 0 else { return nil }
        var text: [UInt8] = []
        for (count, line) in block.lines.prefix(Self.lineLimit).enumerated() {
            text += Self.key(line.text)
            if let index = candidates.firstIndex(where: { !$0.isUsed && Self.isSame(text, $0.key) }) {
                entries[page]?[index].isUsed = true
                return Match(level: candidates[index].level, usedLines: count + 1, usedBlocks: 1)
            }
            if text.count > longest + 14 { return nil }
        }
        // The number of a section often stands apart.
        guard block.lines.count == 1, let next, next.lines.count == 1, let title = next.lines.first,
            Self.isNumber(Self.key(first.text)), case let key = Self.key(title.text),
            let index = candidates.firstIndex(where: { !$0.isUsed && Self.isSame(key, $0.key) })
        else { return nil }
        entries[page]?[index].isUsed = true
        return Match(level: candidates[index].level, usedLines: 1, usedBlocks: 2)
    }

    /// The same, but for the number that one of them has before it.
    private static func isSame(_ text: [UInt8], _ title: [UInt8]) -> Bool {
        if text == title { return true }
        let (long, short) = text.count > title.count ? (text, title) : (title, text)
        return short.count >= 3 && long.suffix(short.count) == short[...]
            && isNumber(Array(long.dropLast(short.count)))
    }

    /// Digits, or `chapter4` and its like; a single letter (an appendix), or a roman number.
    private static func isNumber(_ key: [UInt8]) -> Bool {
        guard !key.isEmpty, key.count <= 14 else { return false }
        let words = [
            "chapter", "capítulo", "capitulo", "section", "seção", "part", "parte", "appendix", "apêndice", "aula",
        ]
        var rest = key[...]
        if let word = words.first(where: { rest.starts(with: $0.utf8) }) { rest = rest.dropFirst(word.utf8.count) }
        return rest.allSatisfy { (0x30...0x39).contains($0) } || rest.count == 1
            || rest.allSatisfy { "ivxlc".utf8.contains($0) }
    }

    private static func key(_ text: String) -> [UInt8] {
        var key: [UInt8] = []
        for scalar in TextCleaner.clean(text).lowercased().unicodeScalars {
            guard key.count < 400 else { break }
            if scalar.isASCII {
                let byte = UInt8(scalar.value)
                if (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte) { key.append(byte) }
            } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                key.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        return key
    }
}

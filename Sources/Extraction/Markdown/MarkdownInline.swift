/// The plain text of a paragraph of Markdown: marks, link targets and tags go, what a reader sees stays.
///
/// One pass with a stack of open brackets and one of open emphasis; formulas between `$` and code between `` ` `` are
/// kept as they are.
struct MarkdownInline {
    /// The longest link target or tag that is looked for.
    private static let lookAheadLimit = 2_000

    private let bytes: [UInt8]
    private var index = 0
    private var output: [UInt8] = []
    /// Where in `output` a mark stands that is to be taken out at the end.
    private var removed: Set<Int> = []
    private var brackets: [(start: Int, isImage: Bool)] = []
    /// Where the next `\)` stands, looked for once for all formulas before it.
    private var texEnd = 0
    /// Marks that do not come any more.
    private var exhausted: Set<UInt8> = []
    private var openEmphasis: [(mark: UInt8, length: Int, start: Int)] = []

    static func plain(_ text: String) -> String {
        guard text.utf8.contains(where: { isSpecial($0) }) else { return text }
        var inline = MarkdownInline(bytes: Array(text.utf8))
        return inline.run()
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
        output.reserveCapacity(bytes.count)
    }

    private static func isSpecial(_ byte: UInt8) -> Bool { "\\`*_~[]!<&$".utf8.contains(byte) }

    private mutating func run() -> String {
        while index < bytes.count { step() }
        guard !removed.isEmpty else { return String(decoding: output, as: UTF8.self) }
        var kept: [UInt8] = []
        kept.reserveCapacity(output.count)
        for (position, byte) in output.enumerated() where !removed.contains(position) { kept.append(byte) }
        return String(decoding: kept, as: UTF8.self)
    }

    private mutating func step() {
        let byte = bytes[index]
        switch byte {
        case UInt8(ascii: "\\"):
            if peek(1) == UInt8(ascii: "("), copyTeXFormula() { return }
            if let next = peek(1), isPunctuation(next) { index += 1 }
            copy()
        case UInt8(ascii: "`"): copyCode()
        case UInt8(ascii: "$"): copyFormula()
        case UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "~"): emphasis(byte)
        case UInt8(ascii: "!") where peek(1) == UInt8(ascii: "["):
            brackets.append((output.count, true))
            index += 1
            copy(replacing: UInt8(ascii: "["))
        case UInt8(ascii: "["):
            brackets.append((output.count, false))
            copy()
        case UInt8(ascii: "]"): closeBracket()
        case UInt8(ascii: "<"): tag()
        case UInt8(ascii: "&"): entity()
        default: copy()
        }
    }

    private func peek(_ distance: Int) -> UInt8? { index + distance < bytes.count ? bytes[index + distance] : nil }

    private mutating func copy(replacing byte: UInt8? = nil) {
        output.append(byte ?? bytes[index])
        index += 1
    }

    private func run(of mark: UInt8, from start: Int) -> Int {
        var end = start
        while end < bytes.count, bytes[end] == mark { end += 1 }
        return end - start
    }

    // MARK: Code and formulas

    private mutating func copyCode() {
        let mark = UInt8(ascii: "`")
        let length = run(of: mark, from: index)
        var end = index + length
        while end < bytes.count, end - index < Self.lookAheadLimit {
            guard bytes[end] == mark else {
                end += 1
                continue
            }
            let found = run(of: mark, from: end)
            if found == length {
                output.append(contentsOf: bytes[(index + length)..<end])
                index = end + length
                return
            }
            end += found
        }
        output.append(contentsOf: bytes[index..<index + length])
        index += length
    }

    /// `$…$` with no space inside at its ends (so that prices are not formulas), and `$$…$$`.
    private mutating func copyFormula() {
        let mark = UInt8(ascii: "$")
        let length = min(run(of: mark, from: index), 2)
        let start = index + length
        var end = start
        while end < bytes.count, end - start < Self.lookAheadLimit, bytes[end] != mark { end += 1 }
        guard end < bytes.count, bytes[end] == mark, end > start, run(of: mark, from: end) >= length,
            length == 2 || (bytes[start] != 0x20 && bytes[end - 1] != 0x20)
        else {
            output.append(contentsOf: bytes[index..<start])
            index = start
            return
        }
        output.append(contentsOf: bytes[index..<end + length])
        index = end + length
    }

    /// `\(…\)`, which becomes `$…$`, when what is in it can be nothing but a formula.
    private mutating func copyTeXFormula() -> Bool {
        let start = index + 2
        if texEnd < start {
            texEnd = start
            while texEnd + 1 < bytes.count,
                bytes[texEnd] != UInt8(ascii: "\\") || bytes[texEnd + 1] != UInt8(ascii: ")")
            {
                texEnd += 1
            }
        }
        guard texEnd + 1 < bytes.count, texEnd - start < Self.lookAheadLimit,
            bytes[start..<texEnd].contains(where: { "\\^_=+<>{".utf8.contains($0) })
        else { return false }
        output.append(UInt8(ascii: "$"))
        output.append(contentsOf: bytes[start..<texEnd])
        output.append(UInt8(ascii: "$"))
        index = texEnd + 2
        return true
    }

    // MARK: Emphasis

    /// Takes out a pair of marks when the first can open and the second can close (CommonMark 0.31, section 6.2, but
    /// marks between two letters or digits stay: `snake_case`, `2*3*4`).
    private mutating func emphasis(_ mark: UInt8) {
        let length = run(of: mark, from: index)
        let before = index > 0 ? bytes[index - 1] : 0x20
        let after = peek(length) ?? 0x20
        let start = output.count
        output.append(contentsOf: bytes[index..<index + length])
        index += length
        guard length <= 3, mark != UInt8(ascii: "~") || length == 2 else { return }
        let isBetweenWords = isWord(before) && isWord(after)
        let canClose = !isBlank(before) && !isWord(after)
        let canOpen = !isBlank(after) && !isWord(before)
        if isBetweenWords, length == 1 || mark == UInt8(ascii: "_") { return }
        if canClose || isBetweenWords,
            let open = openEmphasis.suffix(16).lastIndex(where: { $0.mark == mark && $0.length == length })
        {
            for position in openEmphasis[open].start..<openEmphasis[open].start + length { removed.insert(position) }
            for position in start..<start + length { removed.insert(position) }
            openEmphasis.removeSubrange(open...)
        } else if canOpen || isBetweenWords {
            openEmphasis.append((mark, length, start))
        }
    }

    // MARK: Links, images, tags

    /// At `]`: when a target follows, the brackets and the target go.
    private mutating func closeBracket() {
        guard let open = brackets.popLast() else { return copy() }
        if peek(1) == UInt8(ascii: "("), let end = endOfTarget(from: index + 1) {
            removed.insert(open.start)
            index = end
        } else if peek(1) == UInt8(ascii: "["), let end = closing(UInt8(ascii: "]"), from: index + 2) {
            removed.insert(open.start)
            index = end + 1
        } else {
            copy()
        }
    }

    private mutating func endOfTarget(from start: Int) -> Int? {
        // A picture's bytes are longer than any address, and hold no parenthesis.
        if bytes[start...].dropFirst().starts(with: "data:".utf8) {
            return farther(UInt8(ascii: ")"), from: start).map { $0 + 1 }
        }
        var depth = 0
        var position = start
        while position < bytes.count, position - start < Self.lookAheadLimit {
            switch bytes[position] {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"):
                depth -= 1
                if depth == 0 { return position + 1 }
            case UInt8(ascii: "\\"): position += 1
            default: break
            }
            position += 1
        }
        return nil
    }

    /// Where `mark` comes next, however far; once it does not come, it is not looked for again.
    private mutating func farther(_ mark: UInt8, from start: Int) -> Int? {
        guard !exhausted.contains(mark) else { return nil }
        if let found = bytes[start...].firstIndex(of: mark) { return found }
        exhausted.insert(mark)
        return nil
    }

    private func closing(_ mark: UInt8, from start: Int) -> Int? {
        var position = start
        while position < bytes.count, position - start < Self.lookAheadLimit {
            if bytes[position] == mark { return position }
            position += 1
        }
        return nil
    }

    /// `<https://…>` becomes its address; a tag or comment goes; any other `<` stays.
    private mutating func tag() {
        guard let next = peek(1), isLetter(next) || next == UInt8(ascii: "/") || next == UInt8(ascii: "!"),
            let end = closing(UInt8(ascii: ">"), from: index + 1)
                ?? (bytes[(index + 1)...].starts(with: "img".utf8) ? farther(UInt8(ascii: ">"), from: index) : nil)
        else { return copy() }
        let inside = bytes[(index + 1)..<end]
        let name = inside.drop { $0 == UInt8(ascii: "/") }.prefix { isLetter($0) || (0x30...0x39).contains($0) }
        let follower = name.endIndex < end ? bytes[name.endIndex] : 0x20
        if !inside.contains(0x20), inside.contains(UInt8(ascii: ":")) || inside.contains(UInt8(ascii: "@")) {
            output.append(contentsOf: inside)
        } else if inside.first == UInt8(ascii: "!")
            || (!name.isEmpty && (isBlank(follower) || follower == UInt8(ascii: "/")) && isKnownTag(name))
        {
            if name.elementsEqual("br".utf8) { output.append(0x20) }
        } else {
            return copy()
        }
        index = end + 1
    }

    /// Only HTML's own names are tags, so that `List<String>` and `<n` stay.
    private func isKnownTag(_ name: ArraySlice<UInt8>) -> Bool {
        let name = String(decoding: name, as: UTF8.self).lowercased()
        return HTMLElements.blocks.contains(name) || HTMLElements.phrasing.contains(name)
    }

    private mutating func entity() {
        let reach = bytes[index..<min(index + 20, bytes.count)]
        guard let end = reach.firstIndex(of: UInt8(ascii: ";")) else { return copy() }
        output.append(contentsOf: HTMLEntities.decode(bytes[index...end]).utf8)
        index = end + 1
    }

    // MARK: Kinds of bytes

    private func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }
    private func isWord(_ byte: UInt8) -> Bool { isLetter(byte) || (0x30...0x39).contains(byte) || byte >= 0x80 }
    private func isBlank(_ byte: UInt8) -> Bool { TextCleaner.isWhiteSpace(byte) }
    private func isPunctuation(_ byte: UInt8) -> Bool {
        (0x21...0x2f).contains(byte) || (0x3a...0x40).contains(byte) || (0x5b...0x60).contains(byte)
            || (0x7b...0x7e).contains(byte)
    }
}

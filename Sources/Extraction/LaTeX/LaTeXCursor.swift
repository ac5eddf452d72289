/// A place in a piece of LaTeX, and the few ways to take something from it. Searches are bounded; one that fails moves
/// nothing.
struct LaTeXCursor {
    /// The longest group that is looked for.
    private static let groupLimit = 200_000
    /// After so many searches that found no end, only `shortLimit` bytes are looked at, so that many open braces do no
    /// harm.
    private static let failureLimit = 50
    private static let shortLimit = 200

    let bytes: [UInt8]
    var position = 0
    /// Searches without success, carried on from piece to piece.
    var failures: Int

    init(_ bytes: [UInt8], failures: Int = 0) {
        self.bytes = bytes
        self.failures = failures
    }

    var isAtEnd: Bool { position >= bytes.count }
    var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    func peek(_ distance: Int) -> UInt8? { position + distance < bytes.count ? bytes[position + distance] : nil }

    private var searchLimit: Int { failures < Self.failureLimit ? Self.groupLimit : Self.shortLimit }

    // MARK: Names and blanks

    /// The letters of a command's name.
    mutating func letters() -> String {
        let start = position
        while let byte = current, LaTeXCursor.isLetter(byte) || byte == UInt8(ascii: "@") { position += 1 }
        return String(decoding: bytes[start..<position].prefix(100), as: UTF8.self)
    }

    /// Blanks, comments and at most one line end; an empty line is never passed.
    /// - Returns: whether there was any.
    @discardableResult
    mutating func skipBlanks() -> Bool {
        let start = position
        var lineEnds = 0
        while let byte = current {
            if byte == UInt8(ascii: "%") {
                skipComment()
            } else if byte == 0x0a {
                if lineEnds == 1 || isBlankLine(after: position) { break }
                lineEnds += 1
                position += 1
            } else if TextCleaner.isWhiteSpace(byte) {
                position += 1
            } else {
                break
            }
        }
        return position > start
    }

    /// From `%` to the first character of the next line.
    mutating func skipComment() {
        while let byte = current, byte != 0x0a { position += 1 }
        guard !isBlankLine(after: position) else { return }
        position = min(position + 1, bytes.count)
        while let byte = current, byte == 0x20 || byte == 0x09 { position += 1 }
    }

    /// Whether the line after the line end at `index` is empty.
    func isBlankLine(after index: Int) -> Bool {
        var next = index + 1
        while next < bytes.count, bytes[next] == 0x20 || bytes[next] == 0x09 || bytes[next] == 0x0d { next += 1 }
        return next >= bytes.count || bytes[next] == 0x0a
    }

    mutating func skipStar() { if current == UInt8(ascii: "*") { position += 1 } }

    /// Beamer's `<1->`, `<2-|handout:0>`.
    mutating func skipOverlay() {
        guard current == UInt8(ascii: "<") else { return }
        var end = position + 1
        while end < bytes.count, end - position < 60, bytes[end] != UInt8(ascii: ">") {
            guard Self.isLetter(bytes[end]) || "0123456789-+,.:|@() *".utf8.contains(bytes[end]) else { return }
            end += 1
        }
        if end < bytes.count, bytes[end] == UInt8(ascii: ">") { position = end + 1 }
    }

    // MARK: Arguments

    /// What stands between `{` and its `}`, after blanks; nil when there is no group or it has no end.
    /// - Parameter isRaw: `%` is a character, as in addresses.
    mutating func group(isRaw: Bool = false) -> [UInt8]? {
        let start = position
        skipBlanks()
        if current == UInt8(ascii: "{"), let end = endOfGroup(isRaw: isRaw) {
            defer { position = end + 1 }
            return Array(bytes[(position + 1)..<end])
        }
        position = start
        return nil
    }

    /// A group, or the single character or command that stands for one.
    mutating func argument() -> [UInt8]? {
        if let group = group() { return group }
        let start = position
        skipBlanks()
        guard let byte = current, byte != UInt8(ascii: "}"), byte != 0x0a, byte != UInt8(ascii: "{") else {
            position = start
            return nil
        }
        let first = position
        position += 1
        if byte == UInt8(ascii: "\\") {
            if let next = current, Self.isLetter(next) {
                _ = letters()
            } else {
                position = min(position + 1, bytes.count)
            }
        } else {
            while let next = current, next & 0xc0 == 0x80 { position += 1 }
        }
        return Array(bytes[first..<position])
    }

    /// What stands between `[` and `]`, braces respected; no blanks are passed before it.
    mutating func bracket() -> [UInt8]? {
        guard current == UInt8(ascii: "[") else { return nil }
        var depth = 0
        var index = position + 1
        while index < bytes.count, index - position < 5_000 {
            switch bytes[index] {
            case UInt8(ascii: "\\"): index += 1
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: "]") where depth == 0:
                defer { position = index + 1 }
                return Array(bytes[(position + 1)..<index])
            default: break
            }
            guard depth >= 0 else { return nil }
            index += 1
        }
        return nil
    }

    /// All up to `end`, which is passed; nil when it does not come.
    /// - Parameter limit: how far the end may be; nil looks through all of it, for what is then taken whole.
    mutating func raw(upTo end: String, limit: Int? = nil) -> [UInt8]? {
        let limit = limit.map { min($0, searchLimit) } ?? .max
        let needle = Array(end.utf8)
        guard let first = needle.first else { return nil }
        var index = position
        let last = bytes.count - needle.count
        let stop = limit < last - position ? position + limit : last
        while index <= stop {
            if bytes[index] == first, bytes[index..<index + needle.count].elementsEqual(needle) {
                defer { position = index + needle.count }
                return Array(bytes[position..<index])
            }
            index += 1
        }
        failures += 1
        return nil
    }

    private mutating func endOfGroup(isRaw: Bool) -> Int? {
        var depth = 0
        var index = position
        let limit = min(searchLimit, bytes.count - position) + position
        while index < limit {
            switch bytes[index] {
            case UInt8(ascii: "\\"): index += 1
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { return index }
            case UInt8(ascii: "%") where !isRaw:
                while index + 1 < limit, bytes[index + 1] != 0x0a { index += 1 }
            default: break
            }
            index += 1
        }
        failures += 1
        return nil
    }

    /// A formula up to `mark` outside of braces, which is passed; an empty line ends the search.
    mutating func formula(upTo mark: String) -> [UInt8]? {
        let needle = Array(mark.utf8)
        var depth = 0
        var index = position
        let limit = min(position + min(searchLimit, 10_000), bytes.count)
        while index < limit {
            let byte = bytes[index]
            if depth <= 0, bytes[index...].starts(with: needle) {
                defer { position = index + needle.count }
                return Array(bytes[position..<index])
            }
            switch byte {
            case UInt8(ascii: "\\"): index += 1
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"): depth -= 1
            case 0x0a where isBlankLine(after: index):
                failures += 1
                return nil
            default: break
            }
            index += 1
        }
        failures += 1
        return nil
    }

    static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }
}

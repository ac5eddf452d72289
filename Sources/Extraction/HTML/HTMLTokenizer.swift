/// Cuts HTML into tags and text, as tolerant as browsers are, in one pass and without recursion.
///
/// A small part of the HTML Living Standard, section 13.2.5: no document tree is built, so that nesting costs nothing.
struct HTMLTokenizer {
    struct Tag: Equatable {
        let name: String
        /// Only those of `kept`, lower-case names, character references decoded.
        let attributes: [String: String]
        let isSelfClosing: Bool
    }

    enum Token: Equatable {
        /// Bytes with character references still in them.
        case text(Range<Int>)
        /// The content of a `script`, `style`, `title` or the like, which holds no tags.
        case rawText(Range<Int>, of: String)
        case start(Tag)
        case end(String)
    }

    /// Attributes that the reader looks at.
    private static let kept: Set<String> = [
        "alt", "alttext", "aria-hidden", "charset", "class", "color", "colspan", "content", "encoding", "epub:type",
        "hidden",
        "http-equiv", "id", "lang", "role", "style", "type",
    ]
    private static let rawTextElements: Set<String> = [
        "iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp",
    ]
    private static let nameLimit = 64
    private static let valueLimit = 2_000

    let bytes: [UInt8]
    private var position = 0
    private var rawElement: String?
    /// Set when no comment end is left, so that many comment starts do not make many searches.
    private var hasNoMoreCommentEnds = false

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> Token? {
        if let element = rawElement {
            rawElement = nil
            let start = position
            position = endOfRawText(element)
            return .rawText(start..<position, of: element)
        }
        while position < bytes.count {
            let start = position
            if bytes[position] == UInt8(ascii: "<"), let token = markup() { return token }
            guard position == start else { continue }
            position += 1
            while position < bytes.count, bytes[position] != UInt8(ascii: "<") { position += 1 }
            return .text(start..<position)
        }
        return nil
    }

    /// At a `<`: a tag; or nil, then `position` is behind what was skipped, or unmoved when the `<` is text.
    private mutating func markup() -> Token? {
        guard position + 1 < bytes.count else { return nil }
        switch bytes[position + 1] {
        case UInt8(ascii: "!"), UInt8(ascii: "?"):
            skipDeclaration()
            return nil
        case UInt8(ascii: "/"):
            guard position + 2 < bytes.count, isLetter(bytes[position + 2]) else { return nil }
            position += 2
            let tag = tagAfterName(name())
            return .end(tag.name)
        case let byte where isLetter(byte):
            position += 1
            let tag = tagAfterName(name())
            if Self.rawTextElements.contains(tag.name), !tag.isSelfClosing { rawElement = tag.name }
            return .start(tag)
        default:
            return nil
        }
    }

    private mutating func skipDeclaration() {
        if bytes[position...].starts(with: "<!--".utf8), !hasNoMoreCommentEnds {
            var end = position + 2
            while end + 2 < bytes.count {
                if bytes[end] == UInt8(ascii: "-"), bytes[end + 1] == UInt8(ascii: "-"),
                    bytes[end + 2] == UInt8(ascii: ">")
                {
                    position = end + 3
                    return
                }
                end += 1
            }
            hasNoMoreCommentEnds = true
        }
        while position < bytes.count, bytes[position] != UInt8(ascii: ">") { position += 1 }
        position = min(position + 1, bytes.count)
    }

    private mutating func name() -> String {
        let start = position
        while position < bytes.count, !isSpace(bytes[position]), bytes[position] != UInt8(ascii: ">"),
            bytes[position] != UInt8(ascii: "/")
        {
            position += 1
        }
        return String(decoding: bytes[start..<min(position, start + Self.nameLimit)], as: UTF8.self).lowercased()
    }

    /// Reads the attributes up to and with the `>`.
    private mutating func tagAfterName(_ name: String) -> Tag {
        var attributes: [String: String] = [:]
        var isSelfClosing = false
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: ">") {
                position += 1
                break
            }
            if isSpace(byte) || byte == UInt8(ascii: "/") {
                isSelfClosing = byte == UInt8(ascii: "/")
                position += 1
                continue
            }
            isSelfClosing = false
            let start = position
            position += 1
            while position < bytes.count, !isSpace(bytes[position]), bytes[position] != UInt8(ascii: "="),
                bytes[position] != UInt8(ascii: ">"), bytes[position] != UInt8(ascii: "/")
            {
                position += 1
            }
            let end = min(position, start + Self.nameLimit)
            let value = attributeValue()
            let key = String(decoding: bytes[start..<end], as: UTF8.self).lowercased()
            if Self.kept.contains(key), attributes[key] == nil {
                attributes[key] = HTMLEntities.decode(bytes[value.prefix(Self.valueLimit)])
            }
        }
        return Tag(name: name, attributes: attributes, isSelfClosing: isSelfClosing)
    }

    private mutating func attributeValue() -> Range<Int> {
        var next = position
        while next < bytes.count, isSpace(bytes[next]) { next += 1 }
        guard next < bytes.count, bytes[next] == UInt8(ascii: "=") else { return position..<position }
        position = next + 1
        while position < bytes.count, isSpace(bytes[position]) { position += 1 }
        guard position < bytes.count else { return position..<position }
        let quote = bytes[position]
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            let start = position + 1
            position = start
            while position < bytes.count, bytes[position] != quote { position += 1 }
            let end = position
            position = min(position + 1, bytes.count)
            return start..<end
        }
        let start = position
        while position < bytes.count, !isSpace(bytes[position]), bytes[position] != UInt8(ascii: ">") { position += 1 }
        return start..<position
    }

    /// Where the end tag of `element` begins, or the end of the text.
    private func endOfRawText(_ element: String) -> Int {
        let name = Array(element.utf8)
        var index = position
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "<"), index + 2 + name.count <= bytes.count,
                bytes[index + 1] == UInt8(ascii: "/"),
                name.indices.allSatisfy({ bytes[index + 2 + $0] | 0x20 == name[$0] })
            {
                return index
            }
            index += 1
        }
        return bytes.count
    }

    private func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }
    private func isSpace(_ byte: UInt8) -> Bool { TextCleaner.isWhiteSpace(byte) }
}

/// A step of the normaliser in a Unigram tokenizer.json.
enum UnigramNormalizer: Sendable {
    case charsmap(PrecompiledCharsmap)
    /// Two and more spaces become this.
    case spaces(String)
    case replace(String, String)
    case strip(left: Bool, right: Bool)
    case lowercase

    /// - Parameter isFirst: whether `text` still begins where the whole text does.
    func apply(to text: inout String, isFirst: inout Bool) {
        switch self {
        case .charsmap(let charsmap):
            var out: [UInt8] = []
            out.reserveCapacity(text.utf8.count + 16)
            charsmap.append(&text, to: &out)
            text = String(decoding: out, as: UTF8.self)
        case .spaces(let replacement): text = Self.collapsed(&text, replacement)
        case .replace(let old, let new): text = Self.replaced(text, old, new)
        case .strip(let left, let right):
            let stripped = text.withUTF8 { bytes -> String in
                var start = 0
                while left, start < bytes.count, case let length = UTF8Bytes.space(bytes, at: start), length > 0 {
                    start += length
                }
                if start > 0 { isFirst = false }
                let end = right ? AddedTokens.withoutSpace(bytes, from: start, to: bytes.count) : bytes.count
                return String(decoding: bytes[start..<end], as: UTF8.self)
            }
            text = stripped
        case .lowercase: text = text.lowercased()
        }
    }

    private static func collapsed(_ text: inout String, _ replacement: String) -> String {
        text.withUTF8 { bytes in
            var out: [UInt8] = []
            out.reserveCapacity(bytes.count)
            var place = 0
            while place < bytes.count {
                var end = place
                while end < bytes.count, bytes[end] == UInt8(ascii: " ") { end += 1 }
                if end - place >= 2 {
                    out += replacement.utf8
                    place = end
                } else {
                    out.append(bytes[place])
                    place += 1
                }
            }
            return String(decoding: out, as: UTF8.self)
        }
    }

    private static func replaced(_ text: String, _ old: String, _ new: String) -> String {
        let old = Array(old.utf8)
        guard !old.isEmpty else { return text }
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var place = 0
        while place < bytes.count {
            if bytes[place...].starts(with: old) {
                out += new.utf8
                place += old.count
            } else {
                out.append(bytes[place])
                place += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}

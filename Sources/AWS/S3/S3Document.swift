/// The XML that S3 answers with: elements of text or of elements, no attributes that mean anything.
///
/// Not a reader of XML at large: what comes from the endpoint that was configured, in the shape its API documents, is read;
/// document types, other entities than the five, unclosed or deeply nested elements are refused.
struct S3Document {
    struct Malformed: Error {}

    private static let depthLimit = 16
    private static let elementLimit = 100_000

    /// An element: its name, its own text and its children.
    struct Element {
        let name: String
        fileprivate(set) var text = ""
        fileprivate(set) var children: [Element] = []

        /// The text of the first child of that name.
        subscript(name: String) -> String? { children.first { $0.name == name }?.text }

        func all(_ name: String) -> [Element] { children.filter { $0.name == name } }
    }

    let element: Element

    var root: String { element.name }

    subscript(name: String) -> String? { element[name] }

    func all(_ name: String) -> [Element] { element.all(name) }

    init(_ bytes: [UInt8]) throws(Malformed) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Malformed() }
        var rest = Substring(text)
        var open: [Element] = []
        var count = 0
        while true {
            let start = rest.firstIndex(of: "<") ?? rest.endIndex
            let content = rest[..<start]
            if open.isEmpty {
                guard content.allSatisfy({ $0.isWhitespace || $0 == "\u{feff}" }) else { throw Malformed() }
            } else if !content.isEmpty {
                open[open.count - 1].text += try Self.unescaped(content)
            }
            guard start < rest.endIndex, let end = rest[start...].firstIndex(of: ">") else { throw Malformed() }
            var tag = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("?"), tag.hasSuffix("?"), open.isEmpty { continue }
            if tag.hasPrefix("/") {
                guard let last = open.popLast(), last.name == tag.dropFirst() else { throw Malformed() }
                guard open.isEmpty else {
                    open[open.count - 1].children.append(last)
                    continue
                }
                guard rest.allSatisfy(\.isWhitespace) else { throw Malformed() }
                element = last
                return
            }
            let isEmpty = tag.hasSuffix("/")
            if isEmpty { tag.removeLast() }
            let name = tag.prefix { !$0.isWhitespace }
            count += 1
            guard let first = name.first, first.isLetter, open.count < Self.depthLimit, count <= Self.elementLimit
            else {
                throw Malformed()
            }
            let next = Element(name: String(name))
            if !isEmpty {
                open.append(next)
            } else if open.isEmpty {
                element = next
                return
            } else {
                open[open.count - 1].children.append(next)
            }
        }
    }

    /// Text with its entities and character references resolved.
    private static func unescaped(_ text: Substring) throws(Malformed) -> String {
        guard text.contains("&") else { return String(text) }
        var plain = ""
        var rest = text
        while let start = rest.firstIndex(of: "&") {
            plain += rest[..<start]
            guard let end = rest[start...].firstIndex(of: ";") else { throw Malformed() }
            let name = rest[rest.index(after: start)..<end]
            plain.unicodeScalars.append(try scalar(name))
            rest = rest[rest.index(after: end)...]
        }
        return plain + rest
    }

    private static func scalar(_ name: Substring) throws(Malformed) -> Unicode.Scalar {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default:
            let number =
                name.hasPrefix("#x")
                ? UInt32(name.dropFirst(2), radix: 16)
                : name.hasPrefix("#") ? UInt32(name.dropFirst()) : nil
            guard let scalar = number.flatMap(Unicode.Scalar.init) else { throw Malformed() }
            return scalar
        }
    }
}

/// Header fields in the order in which they came, with names compared without regard to case (RFC 9110, section 5).
package struct HTTPFields: Sendable, Equatable, ExpressibleByDictionaryLiteral, Sequence {
    package struct Field: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    private var fields: [Field] = []

    package init() {}

    package init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { Field(name: $0, value: $1) }
    }

    package var count: Int { fields.count }

    /// The first value of that name. Setting replaces all of them; setting nil removes them.
    package subscript(name: String) -> String? {
        get { fields.first { Self.equal($0.name, name) }?.value }
        set {
            let index = fields.firstIndex { Self.equal($0.name, name) }
            fields.removeAll { Self.equal($0.name, name) }
            guard let newValue else { return }
            fields.insert(Field(name: name, value: newValue), at: Swift.min(index ?? fields.count, fields.count))
        }
    }

    package mutating func append(_ name: String, _ value: String) { fields.append(Field(name: name, value: value)) }

    /// Every value of that name, in order.
    package func all(_ name: String) -> [String] { fields.filter { Self.equal($0.name, name) }.map(\.value) }

    /// Whether a comma-separated list of that name holds `token`, without regard to case.
    package func listContains(_ name: String, _ token: String) -> Bool {
        fields.contains { field in
            Self.equal(field.name, name)
                && field.value.utf8.split(separator: UInt8(ascii: ",")).contains {
                    Self.equal(Self.trimmed(String(Substring($0))), token)
                }
        }
    }

    /// The members of a comma-separated list, over all fields of that name.
    package func list(_ name: String) -> [String] {
        all(name).flatMap { value in
            value.utf8.split(separator: UInt8(ascii: ",")).map { Self.trimmed(String(Substring($0))) }
        }.filter { !$0.isEmpty }
    }

    package func makeIterator() -> IndexingIterator<[Field]> { fields.makeIterator() }

    /// ASCII equality without regard to case.
    static func equal(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count
            && zip(left.utf8, right.utf8).allSatisfy { $0.asciiLowercased == $1.asciiLowercased }
    }

    /// Without the optional white space (SP and HTAB) around it.
    static func trimmed(_ text: String) -> String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        guard let first = text.utf8.firstIndex(where: { !isSpace($0) }),
            let last = text.utf8.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(text[first...last])
    }
}

extension UInt8 {
    /// A lower-case letter for an upper-case one, everything else as it is.
    var asciiLowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }

    /// Whether the byte may stand in a token (RFC 9110, section 5.6.2): a method or a field's name.
    var isTokenCharacter: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// Whether the byte may stand in a field's value (RFC 9110, section 5.5): no control character but HTAB.
    var isFieldCharacter: Bool { self >= 0x20 && self != 0x7F || self == 0x09 }
}

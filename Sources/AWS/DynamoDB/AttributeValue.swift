import FoundationEssentials

/// An item of a DynamoDB table: attributes by name, the key's among them.
package typealias Item = [String: AttributeValue]

/// A value of an attribute, as DynamoDB's JSON has it.
package enum AttributeValue: Sendable, Equatable {
    case s(String)
    /// A number in decimal digits: DynamoDB keeps 38 of them.
    case n(String)
    case b([UInt8])
    case bool(Bool)
    case null
    case l([AttributeValue])
    case m([String: AttributeValue])
    /// A set: not empty, without order.
    case ss([String])
    case ns([String])

    package static func n(_ number: some BinaryInteger) -> AttributeValue { .n(String(number)) }

    package var string: String? { if case .s(let text) = self { text } else { nil } }
    /// Of a whole number.
    package var integer: Int64? { if case .n(let digits) = self { Int64(digits) } else { nil } }
    package var double: Double? { if case .n(let digits) = self { Double(digits) } else { nil } }
    package var bytes: [UInt8]? { if case .b(let bytes) = self { bytes } else { nil } }
    package var boolean: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var list: [AttributeValue]? { if case .l(let values) = self { values } else { nil } }
    package var map: [String: AttributeValue]? { if case .m(let values) = self { values } else { nil } }
    package var strings: [String]? { if case .ss(let values) = self { values } else { nil } }
}

extension AttributeValue: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self = .s(text) }
}

extension AttributeValue: Codable {
    private enum Kind: String, CodingKey {
        case s = "S", n = "N", b = "B", bool = "BOOL", null = "NULL", l = "L", m = "M", ss = "SS", ns = "NS"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Kind.self)
        guard let kind = container.allKeys.first, container.allKeys.count == 1 else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "not one typed value"))
        }
        switch kind {
        case .s: self = .s(try container.decode(String.self, forKey: kind))
        case .n: self = .n(try container.decode(String.self, forKey: kind))
        case .b:
            guard let data = Data(base64Encoded: try container.decode(String.self, forKey: kind)) else {
                throw DecodingError.dataCorruptedError(forKey: kind, in: container, debugDescription: "not base64")
            }
            self = .b(Array(data))
        case .bool: self = .bool(try container.decode(Bool.self, forKey: kind))
        case .null: self = .null
        case .l: self = .l(try container.decode([AttributeValue].self, forKey: kind))
        case .m: self = .m(try container.decode([String: AttributeValue].self, forKey: kind))
        case .ss: self = .ss(try container.decode([String].self, forKey: kind))
        case .ns: self = .ns(try container.decode([String].self, forKey: kind))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Kind.self)
        switch self {
        case .s(let text): try container.encode(text, forKey: .s)
        case .n(let digits): try container.encode(digits, forKey: .n)
        case .b(let bytes): try container.encode(Data(bytes).base64EncodedString(), forKey: .b)
        case .bool(let value): try container.encode(value, forKey: .bool)
        case .null: try container.encode(true, forKey: .null)
        case .l(let values): try container.encode(values, forKey: .l)
        case .m(let values): try container.encode(values, forKey: .m)
        case .ss(let values): try container.encode(values, forKey: .ss)
        case .ns(let values): try container.encode(values, forKey: .ns)
        }
    }
}

/// Any JSON value, for bodies whose every field is checked by hand.
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// The object in `bytes`.
    /// - Throws: `Problem` 400 for bytes that are not UTF-8, not JSON, or another value.
    static func object(in bytes: [UInt8]) throws -> [String: JSONValue] {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw Problem(400, "invalid_utf8", "Not UTF-8", "The body is not valid UTF-8; send JSON in UTF-8.")
        }
        guard let value = try? JSONReader.value(in: bytes) else {
            throw Problem(
                400, "invalid_json", "Not JSON",
                "The body is not valid JSON; send one object, for example {\"message\": \"…\"}.",
                errors: [Problem.FieldError(pointer: "", detail: "This is not valid JSON.")])
        }
        guard case .object(let object) = value else {
            throw Problem.invalid("", "The body must be a JSON object, for example {\"message\": \"…\"}.")
        }
        return object
    }
}

extension JSONValue: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .number(let value):
            // 1 rather than 1.0: an id must come back as it was sent.
            if let whole = Int64(exactly: value) { try container.encode(whole) } else { try container.encode(value) }
        case .string(let value): try container.encode(value)
        case .array(let values): try container.encode(values)
        case .object(let object): try container.encode(object)
        }
    }
}

extension JSONValue {
    /// The value in `text`; nil when it is not JSON by the strict rules of `JSONReader`.
    package init?(text: String) {
        guard let value = try? JSONReader.value(in: Array(text.utf8)) else { return nil }
        self = value
    }

    package var text: String? { if case .string(let text) = self { text } else { nil } }
    package var object: [String: JSONValue]? { if case .object(let object) = self { object } else { nil } }
    package var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// A whole number.
    package var integer: Int? { if case .number(let value) = self { Int(exactly: value) } else { nil } }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(integerLiteral value: Int) { self = .number(Double(value)) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
}

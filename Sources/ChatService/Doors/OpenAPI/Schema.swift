import Support

/// JSON Schemas (draft 2020-12, as OpenAPI 3.1 has them), written short.
enum Schema {
    static let text: JSONValue = ["type": "string"]
    static let number: JSONValue = ["type": "number"]
    static let count: JSONValue = ["type": "integer", "minimum": 0]
    static let flag: JSONValue = ["type": "boolean"]
    static let seconds: JSONValue = ["type": "integer", "description": "Seconds since 1970."]
    static let cursor: JSONValue = [
        "type": "string", "description": "Leads to the next page; absent on the last one.",
    ]
    /// Of a job, a conversation, a message, a trace.
    static let id: JSONValue = ["type": "string", "pattern": "^[0-9A-Za-z_-]{1,64}$"]
    static let course: JSONValue = [
        "type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,62}$", "examples": ["algoritmos"],
    ]
    static let null: JSONValue = ["type": "null"]

    /// - Parameter fields: by name; one whose name ends in `?` may be absent. There are no others.
    static func object(_ fields: KeyValuePairs<String, JSONValue>, isOpen: Bool = false) -> JSONValue {
        var properties: [String: JSONValue] = [:]
        var required: [JSONValue] = []
        for (name, schema) in fields {
            if name.hasSuffix("?") {
                properties[String(name.dropLast())] = schema
            } else {
                properties[name] = schema
                required.append(.string(name))
            }
        }
        var object: [String: JSONValue] = ["type": "object", "properties": .object(properties)]
        if !required.isEmpty { object["required"] = .array(required) }
        if !isOpen { object["additionalProperties"] = false }
        return .object(object)
    }

    static func list(_ items: JSONValue, most: Int? = nil) -> JSONValue {
        var list: [String: JSONValue] = ["type": "array", "items": items]
        if let most { list["maxItems"] = .number(Double(most)) }
        return .object(list)
    }

    static func map(_ values: JSONValue) -> JSONValue { ["type": "object", "additionalProperties": values] }

    static func choice(_ names: [String]) -> JSONValue {
        ["type": "string", "enum": .array(names.map { .string($0) })]
    }

    static func choice<Choice: CaseIterable & RawRepresentable>(_ type: Choice.Type) -> JSONValue
    where Choice.RawValue == String { choice(Choice.allCases.map(\.rawValue)) }

    /// Characters after trimming.
    static func text(_ range: ClosedRange<Int>, _ description: String = "") -> JSONValue {
        var text: [String: JSONValue] = [
            "type": "string", "minLength": .number(Double(range.lowerBound)),
            "maxLength": .number(Double(range.upperBound)),
        ]
        if !description.isEmpty { text["description"] = .string(description) }
        return .object(text)
    }

    static func whole(_ range: ClosedRange<Int>, default usual: Int? = nil) -> JSONValue {
        var whole: [String: JSONValue] = [
            "type": "integer", "minimum": .number(Double(range.lowerBound)),
            "maximum": .number(Double(range.upperBound)),
        ]
        if let usual { whole["default"] = .number(Double(usual)) }
        return .object(whole)
    }

    static func orNull(_ schema: JSONValue) -> JSONValue { ["anyOf": [schema, null]] }

    static func ref(_ name: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(name)")] }

    /// The same with a sentence for people.
    static func said(_ description: String, _ schema: JSONValue) -> JSONValue {
        guard case .object(var object) = schema else { return schema }
        object["description"] = .string(description)
        return .object(object)
    }
}

/// Any JSON value, for bodies whose every field is checked by hand.
enum JSONValue: Sendable, Equatable {
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

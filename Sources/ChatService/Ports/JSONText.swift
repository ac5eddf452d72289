import FoundationEssentials

/// JSON in and out, the same everywhere: keys sorted, slashes as they are.
package enum JSONText {
    /// Every value of this program can be encoded; numbers JSON does not know (NaN) become strings.
    package static func encode(_ value: some Encodable) -> String { String(decoding: bytes(value), as: UTF8.self) }

    package static func bytes(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        do {
            return [UInt8](try encoder.encode(value))
        } catch {
            preconditionFailure("a value of type \(type(of: value)) has no JSON form")
        }
    }

    package static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return try decoder.decode(type, from: Data(text.utf8))
    }
}

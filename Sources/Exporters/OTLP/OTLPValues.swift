import FoundationEssentials
import Support

/// The parts that OTLP's messages share, in the JSON form of the protocol: names in lowerCamelCase, ids in hexadecimal,
/// whole numbers of 64 bits as text, enumerations as numbers.
///
/// Source: OpenTelemetry, "OTLP Specification", JSON Protobuf Encoding; opentelemetry-proto, `common.proto`.
enum OTLP {
    struct Value: Encodable {
        private enum CodingKeys: String, CodingKey { case stringValue, boolValue, intValue, doubleValue }
        let value: SpanRecord.Value

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            switch value {
            case .text(let text): try container.encode(text, forKey: .stringValue)
            case .number(let number): try container.encode("\(number)", forKey: .intValue)
            case .real(let number): try container.encode(number, forKey: .doubleValue)
            case .flag(let flag): try container.encode(flag, forKey: .boolValue)
            }
        }
    }

    struct Attribute: Encodable {
        let key: String
        let value: Value

        init(_ key: String, _ value: SpanRecord.Value) { (self.key, self.value) = (key, Value(value: value)) }
    }

    struct Resource: Encodable {
        let attributes: [Attribute]

        init(_ attributes: [(name: String, value: String)]) {
            self.attributes = attributes.map { Attribute($0.name, .text($0.value)) }
        }
    }

    struct Scope: Encodable {
        let name = "gepeto"

        private enum CodingKeys: String, CodingKey { case name }
    }

    /// - Throws: for a number that JSON has no form for; whoever builds a message leaves those out.
    static func bytes(_ message: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(message))
    }
}

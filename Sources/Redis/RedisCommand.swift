/// A command as Redis takes it: an array of bulk strings.
package struct RedisCommand: Sendable {
    package enum Argument: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
        case text(String)
        case bytes([UInt8])
        case number(Int64)

        package init(stringLiteral value: String) { self = .text(value) }
        package init(integerLiteral value: Int64) { self = .number(value) }
    }

    let encoded: [UInt8]
    /// Carrying it out twice is the same as once: it may be sent again when the connection broke before its reply.
    package let isRepeatable: Bool

    package init(_ name: String, _ arguments: [Argument] = [], isRepeatable: Bool) {
        self.isRepeatable = isRepeatable
        var bytes: [UInt8] = []
        bytes.append(contentsOf: "*\(arguments.count + 1)\r\n".utf8)
        Self.append(name.utf8, to: &bytes)
        for argument in arguments {
            switch argument {
            case .text(let text): Self.append(text.utf8, to: &bytes)
            case .bytes(let value): Self.append(value, to: &bytes)
            case .number(let number): Self.append(String(number).utf8, to: &bytes)
            }
        }
        encoded = bytes
    }

    private static func append(_ text: some Collection<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: "$\(text.count)\r\n".utf8)
        bytes.append(contentsOf: text)
        bytes.append(contentsOf: "\r\n".utf8)
    }
}

/// A reply of Redis (RESP2: redis.io, "Redis serialization protocol specification").
package enum RESPValue: Sendable, Equatable {
    /// A simple string: `OK`, `PONG`.
    case text(String)
    /// What the server refuses, in its own words; they may hold what was sent, so they are never shown.
    case error(String)
    case integer(Int64)
    case bytes([UInt8])
    /// Of a bulk string or of an array.
    case null
    case array([RESPValue])

    /// A string of either kind; bytes that are no UTF-8 are repaired.
    package var string: String? {
        switch self {
        case .text(let text): text
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        default: nil
        }
    }

    /// An integer, also one that came as a string, as Lua and hashes give them.
    package var number: Int64? {
        if case .integer(let number) = self { number } else { string.flatMap { Int64($0) } }
    }

    package var elements: [RESPValue]? { if case .array(let values) = self { values } else { nil } }
}

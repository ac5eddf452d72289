/// A frame as a server sends it: whole and unmasked (RFC 6455, section 5.2). Encoded once, it can be sent to many.
package struct WebSocketFrame: Sendable, Equatable {
    enum Opcode: UInt8, Sendable {
        case continuation = 0
        case text = 1
        case binary = 2
        case close = 8
        case ping = 9
        case pong = 10

        var isControl: Bool { rawValue >= 8 }
    }

    /// Header and payload.
    let bytes: [UInt8]

    package static func text(_ text: String) -> WebSocketFrame { WebSocketFrame(.text, text.utf8) }
    package static func binary(_ bytes: [UInt8]) -> WebSocketFrame { WebSocketFrame(.binary, bytes) }

    /// - Parameter reason: cut to the 123 bytes that fit, between two characters.
    static func close(_ code: UInt16, _ reason: String = "") -> WebSocketFrame {
        var reason = reason
        while reason.utf8.count > 123 { reason.unicodeScalars.removeLast() }
        return WebSocketFrame(.close, [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
    }

    init(_ opcode: Opcode, _ payload: some Collection<UInt8>) {
        let count = payload.count
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 10)
        bytes.append(0x80 | opcode.rawValue)
        switch count {
        case ..<126: bytes.append(UInt8(count))
        case ..<65_536: bytes += [126, UInt8(count >> 8), UInt8(count & 0xFF)]
        default:
            bytes.append(127)
            for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(count >> shift & 0xFF)) }
        }
        bytes += payload
        self.bytes = bytes
    }
}

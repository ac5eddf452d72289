/// A whole message from a WebSocket peer, its fragments joined.
package enum WebSocketMessage: Sendable, Equatable {
    /// Valid UTF-8 on the wire.
    case text(String)
    case binary([UInt8])

    /// What the message weighs while it waits for its reader.
    var weight: Int {
        switch self {
        case .text(let text): text.utf8.count + 64
        case .binary(let bytes): bytes.count + 64
        }
    }
}

/// What an upgrade handler decides. A sub-protocol is only named to a client that offered it.
package enum WebSocketUpgrade: Sendable {
    /// Speak WebSocket; `handler` is told what comes.
    case handle(subprotocol: String?, any WebSocketHandler)
    /// Speak WebSocket, with a task of its own. The socket is closed with 1000 when `run` returns; `run` should return
    /// soon after `messages` has ended.
    case accept(subprotocol: String?, run: @Sendable (WebSocketSession) async -> Void)
    case refuse(HTTPResponse)
}

/// Who speaks on an accepted socket.
enum WebSocketSpeaker: Sendable {
    case handler(any WebSocketHandler)
    case session(@Sendable (WebSocketSession) async -> Void)
}

/// Close codes (RFC 6455, section 7.4.1, and the IANA registry).
package enum WebSocketCloseCode {
    package static let normal: UInt16 = 1000
    package static let goingAway: UInt16 = 1001
    package static let protocolError: UInt16 = 1002
    package static let invalidPayload: UInt16 = 1007
    package static let policyViolation: UInt16 = 1008
    package static let messageTooBig: UInt16 = 1009
    package static let tryAgainLater: UInt16 = 1013

    /// Whether a peer may send that code in a Close frame.
    static func isValid(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}

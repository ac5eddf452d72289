import FoundationEssentials
import Support

/// The server's half of the opening handshake (RFC 6455, section 4.2).
struct WebSocketHandshake: Sendable, Equatable {
    /// The value of `Sec-WebSocket-Accept`.
    let accept: String
    private let offered: [String]
    private(set) var subprotocol: String?

    /// - Throws: `HTTPError`: 426 when the request is no WebSocket handshake of version 13, 400 when it is a broken one.
    init(_ request: HTTPRequest) throws(HTTPError) {
        let headers = request.headers
        guard request.method == .get, headers.listContains("upgrade", "websocket"),
            headers.listContains("connection", "upgrade")
        else {
            throw HTTPError(
                426, .upgradeRequired, "This address speaks WebSocket: connect with a WebSocket client.",
                headers: ["upgrade": "websocket", "sec-websocket-version": "13"])
        }
        guard headers.all("sec-websocket-version") == ["13"] else {
            throw HTTPError(
                426, .upgradeRequired, "This server speaks version 13 of the WebSocket protocol only.",
                headers: ["upgrade": "websocket", "sec-websocket-version": "13"])
        }
        guard request.body.isEmpty else { throw .malformed("A WebSocket handshake has no body.") }
        let keys = headers.all("sec-websocket-key")
        guard keys.count == 1, keys[0].utf8.count == 24, Data(base64Encoded: keys[0])?.count == 16 else {
            throw .malformed("Sec-WebSocket-Key must be 16 bytes in Base64.")
        }
        accept = Self.accept(forKey: keys[0])
        offered = request.offeredSubprotocols
    }

    /// Names a sub-protocol in the answer, if the client offered it.
    mutating func select(_ name: String?) { subprotocol = name.flatMap { offered.contains($0) ? $0 : nil } }

    static func accept(forKey key: String) -> String {
        Data(SHA1.digest(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))).base64EncodedString()
    }

    /// The head of the answer.
    var response: [UInt8] {
        var text = "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
        text += "sec-websocket-accept: \(accept)\r\n"
        if let subprotocol { text += "sec-websocket-protocol: \(subprotocol)\r\n" }
        return Array((text + "\r\n").utf8)
    }
}

extension HTTPRequest {
    /// The sub-protocols a WebSocket client offers, most wanted first.
    package var offeredSubprotocols: [String] { headers.list("sec-websocket-protocol") }
}

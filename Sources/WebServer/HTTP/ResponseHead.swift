/// How a response's body is delimited (RFC 9112, section 6.3).
enum ResponseFraming: Sendable, Equatable {
    /// No body and no field that speaks of one: 1xx, 204, 304.
    case none
    case length(Int)
    case chunked
    /// The end of the connection is the end of the body: streams to HTTP/1.0.
    case untilClose
}

/// Writes the head of a response. A pure function; a handler's field can neither break the framing nor add lines.
enum ResponseHead {
    /// Fields the server itself writes.
    private static let ownFields = ["content-length", "transfer-encoding", "connection", "date", "keep-alive"]

    static func encode(
        status: Int, fields: HTTPFields, framing: ResponseFraming, keepsAlive: Bool, isHTTP10: Bool, date: String
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        let code = (100...999).contains(status) ? status : 500
        bytes += "HTTP/1.1 \(code) \(HTTPStatus.phrase(code))\r\ndate: \(date)\r\n".utf8
        for field in fields where !ownFields.contains(where: { HTTPFields.equal($0, field.name) }) {
            guard !field.name.isEmpty, field.name.utf8.allSatisfy(\.isTokenCharacter) else { continue }
            bytes += field.name.utf8
            bytes += ": ".utf8
            bytes += field.value.utf8.lazy.filter(\.isFieldCharacter)
            bytes += "\r\n".utf8
        }
        switch framing {
        case .none, .untilClose: break
        case .length(let length): bytes += "content-length: \(length)\r\n".utf8
        case .chunked: bytes += "transfer-encoding: chunked\r\n".utf8
        }
        if !keepsAlive {
            bytes += "connection: close\r\n".utf8
        } else if isHTTP10 {
            bytes += "connection: keep-alive\r\n".utf8
        }
        bytes += "\r\n".utf8
        return bytes
    }

    /// One chunk (RFC 9112, section 7.1). Empty data would end the body, so it makes no chunk at all.
    static func chunk(_ data: [UInt8]) -> [UInt8] {
        guard !data.isEmpty else { return [] }
        var bytes = Array((String(data.count, radix: 16) + "\r\n").utf8)
        bytes.reserveCapacity(bytes.count + data.count + 2)
        bytes += data
        bytes += "\r\n".utf8
        return bytes
    }

    static let lastChunk = Array("0\r\n\r\n".utf8)
    static let continueInterim = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
}

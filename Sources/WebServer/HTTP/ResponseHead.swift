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

    /// - Parameter date: the value of the `Date` field.
    static func append(
        to bytes: inout [UInt8], status: Int, fields: HTTPFields, framing: ResponseFraming, keepsAlive: Bool,
        isHTTP10: Bool, date: [UInt8]
    ) {
        let code = (100...999).contains(status) ? status : 500
        append("HTTP/1.1 ", to: &bytes)
        append(code, to: &bytes)
        bytes.append(.space)
        append(HTTPStatus.phrase(code), to: &bytes)
        append("\r\ndate: ", to: &bytes)
        bytes += date
        append("\r\n", to: &bytes)
        for field in fields where !ownFields.contains(where: { HTTPFields.equal($0, field.name) }) {
            guard !field.name.isEmpty, field.name.utf8.allSatisfy(\.isTokenCharacter) else { continue }
            append(field.name, to: &bytes)
            append(": ", to: &bytes)
            if field.value.utf8.allSatisfy(\.isFieldCharacter) {
                append(field.value, to: &bytes)
            } else {
                bytes += field.value.utf8.lazy.filter(\.isFieldCharacter)
            }
            append("\r\n", to: &bytes)
        }
        switch framing {
        case .none, .untilClose: break
        case .length(let length):
            append("content-length: ", to: &bytes)
            append(length, to: &bytes)
            append("\r\n", to: &bytes)
        case .chunked: append("transfer-encoding: chunked\r\n", to: &bytes)
        }
        if !keepsAlive {
            append("connection: close\r\n", to: &bytes)
        } else if isHTTP10 {
            append("connection: keep-alive\r\n", to: &bytes)
        }
        append("\r\n", to: &bytes)
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        // A native string's bytes are copied in one go.
        var text = text
        text.withUTF8 { bytes.append(contentsOf: $0) }
    }

    private static func append(_ number: Int, to bytes: inout [UInt8]) {
        let start = bytes.count
        var rest = number.magnitude
        repeat {
            bytes.append(UInt8(0x30 + rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
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

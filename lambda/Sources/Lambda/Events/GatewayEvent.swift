import FoundationEssentials

/// What API Gateway hands to a function.
package enum GatewayEvent: Sendable {
    case request(GatewayRequest)
    case socket(SocketEvent)

    /// - Throws: `RuntimeError.unknownEvent`.
    package init(_ bytes: [UInt8]) throws(RuntimeError) {
        guard let event = try? JSONDecoder().decode(EventFields.self, from: Data(bytes)), let context = event.context
        else { throw .unknownEvent }
        if let connection = context.connectionId {
            guard let kind = context.eventType.flatMap(SocketEvent.Kind.init) else { throw .unknownEvent }
            self = .socket(SocketEvent(kind, connection, event, context))
        } else if let request = GatewayRequest(event, context) {
            self = .request(request)
        } else {
            throw .unknownEvent
        }
    }
}

/// The fields of all formats that are looked at; each has only some of them.
struct EventFields: Decodable, Sendable {
    struct Context: Decodable, Sendable {
        struct HTTP: Decodable, Sendable {
            let method: String?
            let sourceIp: String?
        }

        struct Identity: Decodable, Sendable { let sourceIp: String? }

        /// Format 2.0.
        let http: HTTP?
        /// Format 1.0, and WebSockets.
        let identity: Identity?
        let stage: String?
        /// WebSockets.
        let connectionId: String?
        let eventType: String?
        let messageId: String?
    }

    let version: String?
    let requestContext: Context?
    let headers: [String: String]?
    let body: String?
    let isBase64Encoded: Bool?
    /// Format 2.0.
    let rawPath: String?
    let rawQueryString: String?
    let cookies: [String]?
    /// Format 1.0, and WebSockets.
    let path: String?
    let httpMethod: String?
    let multiValueHeaders: [String: [String]]?
    let multiValueQueryStringParameters: [String: [String]]?
    let queryStringParameters: [String: String]?

    var context: Context? { requestContext }

    /// In no order; of names that come several times, all.
    var allHeaders: [(name: String, value: String)] {
        if let many = multiValueHeaders { return many.flatMap { name, values in values.map { (name, $0) } } }
        return (headers ?? [:]).map { ($0, $1) }
    }

    /// As it would stand behind the question mark, of parameters that are decoded already.
    var encodedQuery: String {
        let items: [(String, String)]
        if let many = multiValueQueryStringParameters {
            items = many.sorted { $0.key < $1.key }.flatMap { name, values in values.map { (name, $0) } }
        } else {
            items = (queryStringParameters ?? [:]).sorted { $0.key < $1.key }.map { ($0, $1) }
        }
        return items.map { "\(Self.encoded($0))=\(Self.encoded($1))" }.joined(separator: "&")
    }

    /// nil when it says Base64 and is none.
    var bytes: [UInt8]? {
        guard let body else { return [] }
        guard isBase64Encoded == true else { return Array(body.utf8) }
        return Data(base64Encoded: body).map { Array($0) }
    }

    /// RFC 3986, section 2.3: all but unreserved characters escaped.
    private static func encoded(_ text: String) -> String {
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: encoded.append(byte)
            default: encoded += [0x25] + [byte >> 4, byte & 15].map { $0 < 10 ? 0x30 + $0 : 0x37 + $0 }
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}

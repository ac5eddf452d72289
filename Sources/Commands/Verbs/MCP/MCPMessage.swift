import ChatService

/// The revisions of the protocol that are spoken, the oldest first.
enum MCPRevision: String, CaseIterable, Sendable {
    case november2024 = "2024-11-05"
    case march2025 = "2025-03-26"
    case june2025 = "2025-06-18"

    /// What is answered to a client that wishes for `wish`: the same where it is known, else the newest; the client then
    /// goes on or leaves.
    static func negotiated(_ wish: String) -> MCPRevision { MCPRevision(rawValue: wish) ?? .june2025 }

    /// Several messages in one array: only this revision has them.
    var hasBatches: Bool { self == .march2025 }
    /// `structuredContent` beside the text, and `outputSchema`, `title` of a tool.
    var hasStructure: Bool { self == .june2025 }
}

/// What is wrong with a message (JSON-RPC 2.0, section 5.1).
struct MCPError: Error, Equatable {
    enum Code: Int {
        case parse = -32700
        case invalidRequest = -32600
        case unknownMethod = -32601
        case invalidParameters = -32602
        case inner = -32603
    }

    let code: Code
    let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

/// What a client sent.
enum MCPMessage: Equatable {
    case request(id: JSONValue, method: String, parameters: [String: JSONValue])
    case notification(method: String)
    /// To a request of ours; there are none.
    case response
    case malformed(id: JSONValue, MCPError)

    init(_ value: JSONValue) {
        guard case .object(let object) = value else {
            self = .malformed(id: .null, MCPError(.invalidRequest, "A message is a JSON object."))
            return
        }
        var id: JSONValue?
        switch object["id"] {
        case nil: break
        case .string(let text)? where text.utf8.count <= 256: id = .string(text)
        // null is no id in this protocol; a fraction is none in JSON-RPC.
        case .number(let number)? where number == number.rounded() && number.magnitude < 0x1p53: id = .number(number)
        default:
            self = .malformed(
                id: .null, MCPError(.invalidRequest, "'id' must be a string of at most 256 bytes or a whole number."))
            return
        }
        guard object["jsonrpc"] == .string("2.0") else {
            self = .malformed(id: id ?? .null, MCPError(.invalidRequest, "'jsonrpc' must be \"2.0\"."))
            return
        }
        guard let named = object["method"] else {
            self =
                id != nil && (object["result"] != nil || object["error"] != nil)
                ? .response : .malformed(id: id ?? .null, MCPError(.invalidRequest, "'method' is missing."))
            return
        }
        guard let method = named.text else {
            self = .malformed(id: id ?? .null, MCPError(.invalidRequest, "'method' must be a string."))
            return
        }
        guard let id else {
            self = .notification(method: method)
            return
        }
        switch object["params"] {
        case nil: self = .request(id: id, method: method, parameters: [:])
        case .object(let parameters)?: self = .request(id: id, method: method, parameters: parameters)
        default: self = .malformed(id: id, MCPError(.invalidParameters, "'params' must be an object."))
        }
    }
}

/// What a client is answered.
enum MCPReply: Encodable, Equatable {
    case result(JSONValue, JSONValue)
    case failure(JSONValue, MCPError)

    private enum Keys: String, CodingKey { case jsonrpc, id, result, error }
    private enum ErrorKeys: String, CodingKey { case code, message }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode("2.0", forKey: .jsonrpc)
        switch self {
        case .result(let id, let value):
            try container.encode(id, forKey: .id)
            try container.encode(value, forKey: .result)
        case .failure(let id, let failure):
            try container.encode(id, forKey: .id)
            var error = container.nestedContainer(keyedBy: ErrorKeys.self, forKey: .error)
            try error.encode(failure.code.rawValue, forKey: .code)
            try error.encode(failure.message, forKey: .message)
        }
    }

    var line: String { ChatService.JSONText.encode(self) }
}

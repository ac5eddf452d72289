import WebServer

/// What happened to a WebSocket (API Gateway developer guide, "Set up a WebSocket API integration request").
package struct SocketEvent: Sendable {
    package enum Kind: String, Sendable {
        case connect = "CONNECT"
        case message = "MESSAGE"
        case disconnect = "DISCONNECT"
    }

    package let kind: Kind
    package let connection: String
    /// Of the handshake; empty later.
    package let headers: HTTPFields
    /// Of the handshake, as it would stand behind the question mark.
    package let query: String
    /// What the client sent; nil for Base64 that is none, and for bytes that are no UTF-8.
    package let text: String?
    package let sourceAddress: String

    init(_ kind: Kind, _ connection: String, _ event: EventFields, _ context: EventFields.Context) {
        self.kind = kind
        self.connection = connection
        headers = GatewayRequest.fields(event)
        query = event.encodedQuery
        text = event.bytes.flatMap { String(validating: $0, as: UTF8.self) }
        sourceAddress = context.identity?.sourceIp ?? ""
    }
}

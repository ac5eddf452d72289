/// How a request's body is delimited (RFC 9112, section 6).
enum BodyFraming: Sendable, Equatable {
    case none
    case length(Int)
    case chunked
}

/// A request line and its fields, checked; strings as they came, nothing decoded.
struct RequestHead: Sendable, Equatable {
    /// nil for a method this server does not know.
    var method: HTTPMethod?
    /// In origin form: an absolute form has lost its scheme and authority, which then replaced the Host field.
    var target: String
    var fields: HTTPFields
    var framing: BodyFraming
    /// Whether the client will take another answer on this connection.
    var keepsAlive: Bool
    /// Whether the client waits for `100 Continue` before it sends the body.
    var expectsContinue: Bool
    var isHTTP10: Bool
}

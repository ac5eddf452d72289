import Support

/// A request that is answered with an error status.
///
/// The router's `errorResponse` turns it into a response, whether the parser, the router or a handler found it.
package struct HTTPError: ExplainedError, Equatable {
    /// The closed set of labels, one for each thing that can be wrong with a request.
    package enum Label: String, Sendable, CaseIterable {
        case malformedRequest = "malformed_request"
        case incompleteBody = "incomplete_body"
        case forbidden
        case notFound = "not_found"
        case methodNotAllowed = "method_not_allowed"
        case requestTimeout = "request_timeout"
        case contentTooLarge = "content_too_large"
        case targetTooLong = "target_too_long"
        case rangeNotSatisfiable = "range_not_satisfiable"
        case expectationFailed = "expectation_failed"
        case upgradeRequired = "upgrade_required"
        case headTooLarge = "head_too_large"
        case fileUnreadable = "file_unreadable"
        case notImplemented = "not_implemented"
        case overloaded
        case requestDeadline = "request_deadline"
        case versionNotSupported = "http_version_not_supported"
    }

    package let status: Int
    package let kind: Label
    package let description: String
    /// Fields the answer must carry: `Allow` with 405, for example.
    package let headers: HTTPFields

    package var label: String { kind.rawValue }

    package init(_ status: Int, _ kind: Label, _ description: String, headers: HTTPFields = [:]) {
        self.status = status
        self.kind = kind
        self.description = description
        self.headers = headers
    }

    /// 400: a request that does not follow RFC 9112.
    static func malformed(_ description: String) -> HTTPError { HTTPError(400, .malformedRequest, description) }

    package static let notFound = HTTPError(404, .notFound, "There is nothing at this address: check the path.")

    package static func contentTooLarge(limit: Int) -> HTTPError {
        HTTPError(413, .contentTooLarge, "The body is larger than the \(limit) bytes allowed here: send less.")
    }

    package static func methodNotAllowed(_ allowed: [HTTPMethod]) -> HTTPError {
        let list = allowed.map(\.rawValue).joined(separator: ", ")
        return HTTPError(
            405, .methodNotAllowed, "This address does not answer that method: use \(list).", headers: ["allow": list])
    }

    static let incompleteBody = HTTPError(
        400, .incompleteBody, "The connection ended before the whole body had arrived: send the request again.")

    static let timeout = HTTPError(
        408, .requestTimeout, "The request arrived too slowly: send it again over a faster connection.")

    static let overdue = HTTPError(
        503, .requestDeadline, "The server is too busy just now: try again in a moment.", headers: ["retry-after": "5"])
}

import Support

/// What a handler answers. Framing (`Content-Length`, `Transfer-Encoding`), `Date` and keep-alive are the server's
/// business; a handler may ask for the end of the connection with `connection: close`.
package struct HTTPResponse: Sendable {
    package enum Body: Sendable {
        case none
        case bytes([UInt8])
        /// A regular file, opened when the response is sent; its content type is up to the handler.
        case file(path: String)
        /// A part of a file that is open already.
        case slice(FileSlice)
        /// Bytes as they come: the closure writes them and the response ends when it returns. When it throws, the
        /// connection is broken off, so that the client can tell a half answer from a whole one.
        case stream(@Sendable (ResponseStream) async throws -> Void)
    }

    package var status: Int
    package var headers: HTTPFields
    package var body: Body

    package init(status: Int, headers: HTTPFields = [:], body: Body = .none) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A text of the given media type.
    package static func text(
        _ text: String, status: Int = 200, type: String = "text/plain; charset=utf-8"
    ) -> HTTPResponse {
        HTTPResponse(status: status, headers: ["content-type": type], body: .bytes(Array(text.utf8)))
    }

    /// `application/problem+json` (RFC 9457) for an error; one that is not an `HTTPError` shows nothing but 500.
    package static func problem(_ error: any Error) -> HTTPResponse {
        let known = error as? HTTPError
        let status = known?.status ?? 500
        let detail = known?.description ?? "The server failed to answer: try again later."
        var response = HTTPResponse.text(
            "{\"type\":\"about:blank\",\"title\":\(HTTPStatus.phrase(status).jsonQuoted),\"status\":\(status),"
                + "\"detail\":\(detail.jsonQuoted)}",
            status: status, type: "application/problem+json")
        for field in known?.headers ?? [:] { response.headers.append(field.name, field.value) }
        return response
    }
}

import Support

/// Calls over HTTP/1.1, many at once, on one thread of their own.
///
/// No redirects, no cookies, no compression, no proxy from the environment; `http` and `https` only, certificates
/// checked. A connection is kept for the next call to the same host when its response was read to the end.
package final class HTTPClient: Sendable {
    private let multi: CurlMulti

    /// - Parameter limit: the most calls under way at once; one more fails at once with `busy`.
    package init(log: Log, limit: Int = 256) { multi = CurlMulti(limit: limit, log: log) }

    deinit { multi.post(.shutDown) }

    /// Sends a request and returns when the response's head has come. Cancelling the task closes the connection.
    /// - Throws: `HTTPClientError`; `CancellationError`.
    package func send(_ request: HTTPClientRequest) async throws -> HTTPClientResponse {
        guard request.isValid else { throw HTTPClientError(.invalidRequest, host: request.host) }
        try Task.checkCancellation()
        let transfer = Transfer(request, on: multi)
        try multi.start(transfer)
        let head = try await transfer.head()
        return HTTPClientResponse(head: head, body: HTTPResponseBody(transfer))
    }

    /// Whether any call holds a connection.
    var hasCallsUnderWay: Bool { multi.hasCallsUnderWay }

    /// Ends every call with `shut_down` and returns when the thread has gone. Later calls fail likewise.
    package func shutDown() async {
        multi.post(.shutDown)
        await multi.stopped.wait()
    }
}

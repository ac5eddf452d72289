import Support

/// The sockets that API Gateway holds for this program: `@connections` of one stage.
///
/// Throws `AWSError` (`tooLarge` for a frame of more than 128 KB), `AWSCredentialsError`, `CancellationError`.
package struct APIGatewayConnections: Sendable {
    package static let deadline = Duration.seconds(2)

    private let client: AWSClient

    /// - Parameter client: of an endpoint such as `https://<api>.execute-api.<region>.amazonaws.com/<stage>`.
    package init(_ client: AWSClient) { self.client = client }

    /// Sends a frame of text to the socket.
    /// - Returns: false when the socket is gone (410).
    package func post(_ frame: [UInt8], to connection: String, deadline: Duration = deadline) async throws -> Bool {
        var request = AWSRequest("PostToConnection", .post, path: path(connection))
        request.headers = [("content-type", "application/octet-stream")]
        request.body = frame
        // A frame sent twice would be seen twice.
        request.repeats = .whenUndone
        return try await isThere(request, deadline)
    }

    /// Closes the socket.
    /// - Returns: false when it was gone.
    @discardableResult
    package func close(_ connection: String, deadline: Duration = deadline) async throws -> Bool {
        try await isThere(AWSRequest("DeleteConnection", .delete, path: path(connection)), deadline)
    }

    private func path(_ connection: String) -> String { "/@connections/" + PercentEncoding.encode(connection) }

    private func isThere(_ request: AWSRequest, _ deadline: Duration) async throws -> Bool {
        do {
            try await client.send(request, deadline: deadline) { _ in }
            return true
        } catch let error as AWSError where error.status == 410 {
            return false
        }
    }
}

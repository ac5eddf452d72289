import Support

/// The way into a streamed response.
package struct ResponseStream: Sendable {
    private let send: @Sendable ([UInt8]) async throws -> Void

    /// - Parameter send: takes what is written; for tests and for calls within the process.
    package init(_ send: @escaping @Sendable ([UInt8]) async throws -> Void) { self.send = send }

    /// Sends `bytes`; waits while too much waits for the peer.
    /// - Throws: `PeerGone` when the peer is no longer there, `CancellationError` when the task was cancelled.
    package func write(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        try await send(bytes)
    }
}

/// The peer closed its connection before all was sent.
package struct PeerGone: ExplainedError {
    package var label: String { "peer_gone" }
    package var description: String { "The client closed the connection before the whole answer was sent." }
    package init() {}
}

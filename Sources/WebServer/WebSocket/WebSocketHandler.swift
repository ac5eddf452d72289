/// What answers one open WebSocket.
///
/// Its methods are called on the thread of the connection's event loop, one after the other, and must not block: what
/// takes time is handed back as work. There is one handler for every idle socket, so that it should be small.
package protocol WebSocketHandler: AnyObject, Sendable {
    /// Called first. What is sent here follows the answer to the handshake.
    func opened(_ socket: WebSocketConnection)

    /// A whole message came.
    /// - Returns: nil when it is dealt with; else work for a task. The next message is told when the work is done;
    ///   meanwhile at most `ServerLimits.inflowHigh` bytes of messages wait, and then the peer does. The work is cancelled
    ///   with the server only.
    func received(_ message: WebSocketMessage, from socket: WebSocketConnection) -> WebSocketWork?

    /// No more than `ServerLimits.outflowLow` bytes wait for the peer, as was asked for by `WebSocketConnection.awaitRoom`.
    func hasRoom(_ socket: WebSocketConnection)

    /// The time set by `WebSocketConnection.wake` has come.
    func woken(_ socket: WebSocketConnection)

    /// Called last, once: no message will come and none can be sent. Not called when `opened` was not.
    func closed(_ socket: WebSocketConnection)
}

package typealias WebSocketWork = @Sendable () async -> Void

extension WebSocketHandler {
    package func hasRoom(_ socket: WebSocketConnection) {}
    package func woken(_ socket: WebSocketConnection) {}
    package func closed(_ socket: WebSocketConnection) {}
}

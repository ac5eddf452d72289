import Support

/// A WebSocket as a task sees it that lives as long as the socket: messages are awaited. Costs a task and a queue a
/// socket; where thousands are held open, a `WebSocketHandler` of its own is the way.
package struct WebSocketSession: Sendable {
    package typealias SendResult = WebSocketConnection.SendResult

    /// The socket itself.
    package let connection: WebSocketConnection
    private let inbox: Inflow<WebSocketMessage>

    fileprivate init(connection: WebSocketConnection, inbox: Inflow<WebSocketMessage>) {
        self.connection = connection
        self.inbox = inbox
    }

    @discardableResult
    package func send(_ text: String) -> SendResult { connection.send(text) }

    @discardableResult
    package func send(_ frame: WebSocketFrame) -> SendResult { connection.send(frame) }

    package func close(_ code: UInt16 = WebSocketCloseCode.normal, _ reason: String = "") {
        connection.close(code, reason)
    }

    /// What the peer sends, for one reader; ends when the socket is closed, by whichever side. While
    /// `ServerLimits.inflowHigh` bytes wait to be taken, the peer is made to wait.
    package var messages: AsyncStream<WebSocketMessage> {
        AsyncStream { [inbox] in
            // It ends by `finish` only, so the one error is the reader's own cancellation.
            try? await inbox.next()
        }
    }
}

/// Runs one task for one socket.
final class SessionHandler: WebSocketHandler {
    private let run: @Sendable (WebSocketSession) async -> Void
    private let handlers: HandlerTasks
    private let inbox: Inflow<WebSocketMessage>

    init(
        _ context: ServerContext, run: @escaping @Sendable (WebSocketSession) async -> Void
    ) {
        self.run = run
        handlers = context.handlers
        inbox = Inflow(high: context.limits.inflowHigh, low: context.limits.inflowLow) { _ in }
    }

    func opened(_ socket: WebSocketConnection) {
        let session = WebSocketSession(connection: socket, inbox: inbox)
        handlers.start { [run] in
            await run(session)
            socket.close()
        }
    }

    func received(_ message: WebSocketMessage, from socket: WebSocketConnection) -> WebSocketWork? {
        inbox.push(message, weight: message.weight)
        guard inbox.isFull else { return nil }
        // The peer waits until this work is done.
        return { [inbox] in await inbox.waitUntilRoom() }
    }

    func closed(_ socket: WebSocketConnection) { inbox.finish() }
}

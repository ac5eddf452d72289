import Support

/// Speaks WebSocket on one connection, by the rules of `WebSocketProtocol`.
///
/// Confined to the loop's thread, like its connection.
final class WebSocketDriver {
    private unowned let connection: Connection
    private unowned let loop: EventLoop
    private let socket: WebSocketConnection
    private var rules: WebSocketProtocol

    init(connection: Connection, socket: WebSocketConnection) {
        self.connection = connection
        self.socket = socket
        loop = connection.loop
        let context = connection.loop.context
        rules = WebSocketProtocol(
            limits: context.limits, timeouts: context.timeouts, at: .milliseconds(connection.loop.now))
    }

    private var now: Duration { .milliseconds(loop.now) }

    func process() {
        guard connection.isOpen, !connection.input.isEmpty else { return }
        let unread = connection.input.unread
        connection.input.removeAll()
        perform(rules.receive(unread, at: now))
        if connection.isOpen { connection.setReading(!socket.inflow.isFull) }
    }

    func inflowHasRoom() { connection.setReading(!socket.inflow.isFull) }

    func send(_ frame: WebSocketFrame, _ outflow: Outflow) {
        guard connection.isOpen, rules.isOpen else {
            outflow.release(frame.bytes.count)
            return
        }
        connection.write(frame.bytes, owner: outflow)
    }

    func close(_ code: UInt16, _ reason: String) {
        guard connection.isOpen, let frame = rules.close(code, reason, at: now) else { return }
        connection.write(frame)
        // The peer's Close must be seen, also when its messages were not being read.
        connection.setReading(true)
        socket.ended()
    }

    /// More waits than may wait: what the peer has not begun to get is dropped, so that the Close reaches it soon.
    func closeSlowReader() {
        guard connection.isOpen else { return }
        connection.dropUnbegunOutput()
        close(WebSocketCloseCode.tryAgainLater, "reading too slowly")
    }

    func tick() {
        perform(rules.tick(at: now, isListening: !socket.inflow.isFull))
    }

    /// The handler is not cancelled: it learns from `messages` that its peer is gone and may finish what it was asked.
    func connectionEnded() { socket.ended() }

    private func perform(_ actions: [WebSocketProtocol.Action]) {
        for action in actions {
            switch action {
            case .deliver(let message): socket.inflow.push(message, weight: message.weight)
            case .send(let frame): connection.write(frame)
            case .end:
                socket.ended()
                connection.closeAfterWriting()
                return
            }
        }
        // Answers to pings wait too; a peer that sends and never reads is a slow reader.
        if connection.pendingOutput > 2 * loop.context.limits.webSocketBacklog { closeSlowReader() }
    }
}

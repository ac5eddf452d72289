import Support

/// Speaks WebSocket on one connection, by the rules of `WebSocketProtocol`.
///
/// Confined to the loop's thread, like its connection. Small, because there is one for every idle socket.
final class WebSocketDriver {
    /// Owns this driver.
    private unowned(unsafe) let connection: Connection
    let socket: WebSocketConnection
    private let handler: any WebSocketHandler
    /// While a task works on a message.
    private var backlog: WebSocketBacklog?
    private var rules: WebSocketProtocol
    /// When the handler is to be woken.
    var wakeAt = Int64.max
    private var hasEnded = false
    /// The peer has closed or broken the rules; only what the handler has said before that is still sent.
    private var isEnding = false

    init(connection: Connection, handler: any WebSocketHandler) {
        self.connection = connection
        self.handler = handler
        let loop = connection.loop
        socket = WebSocketConnection(id: connection.id, loop: loop)
        rules = WebSocketProtocol(loop.context.socketRules, at: loop.now)
    }

    private var loop: EventLoop { connection.loop }

    func opened() { handler.opened(socket) }

    func process() {
        guard connection.isOpen, !connection.input.isEmpty else { return }
        let unread = connection.input.unread
        perform(rules.receive(unread, at: loop.now))
        connection.input.drop(connection.input.count)
        if connection.isOpen { connection.setReading(backlog?.isFull != true) }
    }

    /// The peer need not wait any more, or the work is done.
    func backlogHasRoom() {
        if backlog?.isIdle == true { backlog = nil }
        if connection.isOpen { connection.setReading(backlog?.isFull != true) }
    }

    /// Tells the handler that it may go on sending, when it has asked for that.
    func outputHasRoom() {
        if !hasEnded, socket.takesRoom(low: loop.context.limits.outflowLow) { handler.hasRoom(socket) }
    }

    func send(_ frame: WebSocketFrame) {
        guard connection.isOpen, rules.isOpen || isEnding else { return socket.release(frame.bytes.count) }
        connection.write(frame.bytes, owner: .socket(socket))
    }

    func close(_ code: UInt16, _ reason: String) {
        guard connection.isOpen, let frame = rules.close(code, reason, at: loop.now) else { return }
        connection.write(frame)
        // The peer's Close must be seen, also when its messages were not being read.
        connection.setReading(true)
        end()
    }

    /// More waits than may wait: what the peer has not begun to get is dropped, so that the Close reaches it soon.
    func closeSlowReader() {
        guard connection.isOpen else { return }
        connection.dropUnbegunOutput()
        close(WebSocketCloseCode.tryAgainLater, "reading too slowly")
    }

    /// - Returns: whether there was anything to do.
    func tick(_ now: Int64) -> Bool {
        let isToWake = now >= wakeAt && !hasEnded
        if isToWake {
            wakeAt = .max
            handler.woken(socket)
        }
        let actions = rules.tick(at: now, isListening: backlog?.isFull != true)
        perform(actions)
        return isToWake || !actions.isEmpty
    }

    /// Work under way is not cancelled: what the peer asked for while it was there is done.
    func connectionEnded() { end() }

    private func end() {
        guard !hasEnded else { return }
        hasEnded = true
        socket.ended()
        if backlog?.close() != true { handler.closed(socket) }
    }

    func perform(_ actions: [WebSocketProtocol.Action]) {
        var rest = actions[...]
        var hasDelivered = false
        while let action = rest.popFirst() {
            switch action {
            case .deliver(let message):
                deliver(message)
                hasDelivered = true
            case .send where hasDelivered && rest == [.end]:
                // What the handler has answered at once is in the mail, and goes out before the Close.
                isEnding = true
                return loop.post(.endSocket(connection.id, [action, .end]))
            case .send(let frame): connection.write(frame)
            case .end:
                end()
                connection.closeAfterWriting()
                return
            }
        }
        // Answers to pings wait too; a peer that sends and never reads is a slow reader.
        if connection.pendingOutput > 2 * loop.context.limits.webSocketBacklog { closeSlowReader() }
    }

    private func deliver(_ message: WebSocketMessage) {
        guard !hasEnded else { return }
        if let backlog {
            if backlog.push(message) { return }
            self.backlog = nil
        }
        guard let work = handler.received(message, from: socket) else { return }
        let (loop, id) = (loop, connection.id)
        let backlog = WebSocketBacklog(socket, handler, limits: loop.context.limits)
        self.backlog = backlog
        loop.context.handlers.start { await backlog.run(work) { loop.post(.roomAgain(id)) } }
    }
}

import Support

/// A handler's hold on an open WebSocket. All of it may be used from any task.
package final class WebSocketConnection: Sendable {
    package enum SendResult: Sendable, Equatable {
        /// On its way; whether it arrives, only the peer can say.
        case accepted
        /// The peer reads too slowly: more than the allowed backlog waited, and the socket is being closed with 1013.
        case dropped
        /// The socket is closed or closing.
        case closed
    }

    let id: ConnectionID
    let inflow: Inflow<WebSocketMessage>
    let outflow = Outflow()
    private let loop: EventLoop

    init(id: ConnectionID, loop: EventLoop) {
        self.id = id
        self.loop = loop
        let limits = loop.context.limits
        inflow = Inflow(high: limits.inflowHigh, low: limits.inflowLow) { [weak loop] signal in
            if case .roomAgain = signal { loop?.post(.roomAgain(id)) }
        }
    }

    /// Sends a text message. Never waits.
    @discardableResult
    package func send(_ text: String) -> SendResult { send(WebSocketFrame.text(text)) }

    /// Sends a frame, which can be encoded once for many sockets. Never waits.
    @discardableResult
    package func send(_ frame: WebSocketFrame) -> SendResult {
        switch outflow.reserve(frame.bytes.count, limit: loop.context.limits.webSocketBacklog) {
        case .made:
            loop.post(.frame(id, frame, outflow))
            return .accepted
        case .overflow:
            loop.post(.closeSlowReader(id))
            return .dropped
        case .closed: return .closed
        }
    }

    /// Begins the closing handshake; what was sent before still goes out first. A second call does nothing.
    package func close(_ code: UInt16 = WebSocketCloseCode.normal, _ reason: String = "") {
        if outflow.close() { loop.post(.closeSocket(id, code, reason)) }
    }

    /// What the peer sends, for one reader; ends when the socket is closed, by whichever side. While more than 256 KB
    /// wait to be taken, the peer is made to wait.
    package var messages: AsyncStream<WebSocketMessage> {
        AsyncStream { [inflow] in
            // It ends by `finish` only, so the one error is the reader's own cancellation.
            try? await inflow.next()
        }
    }

    /// The connection is gone, or the peer will send nothing more.
    func ended() {
        outflow.close()
        inflow.finish()
    }
}

import Support
import Synchronization

/// A handler's hold on an open WebSocket. All of it may be used from any thread.
package final class WebSocketConnection: Sendable {
    package enum SendResult: Sendable, Equatable {
        /// On its way; whether it arrives, only the peer can say.
        case accepted
        /// The peer reads too slowly: more than the allowed backlog waited, and the socket is being closed with 1013.
        case dropped
        /// The socket is closed or closing.
        case closed
    }

    /// Bytes handed to the event loop and not yet sent, and two marks above them.
    private static let closedMark = 1 << 62
    private static let roomWanted = 1 << 61
    private static let bytesMask = roomWanted - 1

    let id: ConnectionID
    private let loop: EventLoop
    private let account = Atomic<Int>(0)

    init(id: ConnectionID, loop: EventLoop) {
        self.id = id
        self.loop = loop
    }

    /// Sends a text message. Never waits.
    @discardableResult
    package func send(_ text: String) -> SendResult { send(WebSocketFrame.text(text)) }

    /// Sends a frame, which can be encoded once for many sockets. Never waits.
    @discardableResult
    package func send(_ frame: WebSocketFrame) -> SendResult {
        let count = frame.bytes.count
        let before = account.add(count, ordering: .acquiringAndReleasing).oldValue
        guard before & Self.closedMark == 0 else {
            account.subtract(count, ordering: .acquiringAndReleasing)
            return .closed
        }
        guard before & Self.bytesMask <= loop.context.limits.webSocketBacklog - count else {
            let isFirst = markClosed()
            account.subtract(count, ordering: .acquiringAndReleasing)
            if isFirst { loop.post(.closeSlowReader(id)) }
            return isFirst ? .dropped : .closed
        }
        loop.post(.frame(self, frame))
        return .accepted
    }

    /// Begins the closing handshake; what was sent before still goes out first. A second call does nothing.
    package func close(_ code: UInt16 = WebSocketCloseCode.normal, _ reason: String = "") {
        if markClosed() { loop.post(.closeSocket(id, code, reason)) }
    }

    /// Bytes that wait for the peer.
    package var pending: Int { account.load(ordering: .acquiring) & Self.bytesMask }

    /// Asks for one call of the handler's `hasRoom`, as soon as little waits for the peer; at once when that is so.
    package func awaitRoom() {
        account.bitwiseOr(Self.roomWanted, ordering: .acquiringAndReleasing)
        loop.post(.roomAsked(id))
    }

    /// Asks for a call of the handler's `woken` after `duration`, a quarter of a second later at most; a second asking
    /// replaces the first. No task and no timer has to wait for it.
    package func wake(after duration: Duration) { loop.post(.wakeSocket(id, at: loop.later(duration))) }

    /// - Returns: whether it was open until now.
    private func markClosed() -> Bool {
        account.bitwiseOr(Self.closedMark, ordering: .acquiringAndReleasing).oldValue & Self.closedMark == 0
    }

    // MARK: - For the event loop

    /// `count` bytes were sent or dropped.
    func release(_ count: Int) { account.subtract(count, ordering: .acquiringAndReleasing) }

    /// Nothing can be sent any more.
    func ended() { _ = markClosed() }

    /// Whether `hasRoom` is to be called now; says so once for each `awaitRoom`.
    func takesRoom(low: Int) -> Bool {
        let state = account.load(ordering: .acquiring)
        guard state & Self.roomWanted != 0, state & Self.closedMark == 0, state & Self.bytesMask <= low else {
            return false
        }
        account.bitwiseAnd(~Self.roomWanted, ordering: .acquiringAndReleasing)
        return true
    }
}

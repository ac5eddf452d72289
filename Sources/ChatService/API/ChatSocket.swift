import Support
import Synchronization
import WebServer

/// One open socket of a session: tells it what it missed, then stands back, for the session tells it what comes.
///
/// There is one for every idle socket, so it holds next to nothing and no task.
final class ChatSocket: WebSocketHandler {
    /// What may wait for the peer before the next events it missed are read: a client that was away for long is no slow
    /// reader.
    private static let mostWaiting = 256 << 10

    private let api: SharedAPI
    private let feed: any SessionFeed
    private let principal: Principal
    /// The number of the last event sent, while the socket catches up; before that what the client says it has seen, or -1.
    /// Touched on the loop's thread only.
    private let position: Atomic<Int64>
    /// The number of the last event that the rules of a course keep back by now; nil for none.
    private let withheld: Int64?

    init(api: SharedAPI, feed: any SessionFeed, after: Int64?, withheld: Int64? = nil, principal: Principal) {
        self.api = api
        self.feed = feed
        self.principal = principal
        self.withheld = withheld
        position = Atomic(after ?? -1)
    }

    func opened(_ socket: WebSocketConnection) {
        let seen = position.load(ordering: .relaxed)
        var place = feed.place(after: seen < 0 ? nil : seen)
        if let withheld, place.resumedFrom < withheld {
            // As if they were no longer kept: the client reads the history, which shows what may be shown.
            let behind = feed.place(after: withheld)
            place = SessionPlace(
                epoch: "\(behind.epoch)-\(withheld)", resumedFrom: behind.resumedFrom, position: behind.position)
        }
        position.store(place.position, ordering: .relaxed)
        let now = api.ports.time.now
        let connected = ChatEvent.connected(
            ChatEvent.Connected(
                connectionId: RandomIdentifier.make(), sessionId: feed.id, epoch: place.epoch,
                resumedFrom: place.resumedFrom))
        socket.send(EventFrame(event: connected, seq: place.resumedFrom, timestamp: now.seconds).text)
        if let expires = principal.expires { socket.wake(after: max(expires - now, .zero)) }
        catchUp(socket)
    }

    func hasRoom(_ socket: WebSocketConnection) { catchUp(socket) }

    func woken(_ socket: WebSocketConnection) {
        socket.close(WebSocketCloseCode.policyViolation, "the token has expired")
    }

    func received(_ message: WebSocketMessage, from socket: WebSocketConnection) -> WebSocketWork? {
        guard case .text(let text) = message else {
            socket.close(WebSocketCloseCode.policyViolation, "send JSON as text")
            return nil
        }
        return { [api, feed, principal] in await api.value.carryOut(text, principal, feed.id, socket) }
    }

    func closed(_ socket: WebSocketConnection) { feed.leave(socket) }

    /// Sends what the client missed, as fast as it takes it. When nothing is left, the session tells the socket itself.
    private func catchUp(_ socket: WebSocketConnection) {
        var position = position.load(ordering: .relaxed)
        do {
            while true {
                let events = try feed.next(after: position, for: socket)
                if events.isEmpty { return }
                // Looked at after each: a few events with long answers are as much as may wait at all.
                for event in events {
                    guard socket.send(event.frame) == .accepted else { return }
                    position = event.seq
                    self.position.store(position, ordering: .relaxed)
                    guard socket.pending <= Self.mostWaiting else { return socket.awaitRoom() }
                }
            }
        } catch {
            socket.close(WebSocketCloseCode.tryAgainLater, "too slow; connect again")
        }
    }
}

/// Closes the socket of a session that is not there, or not for this user.
final class ForeignSession: WebSocketHandler {
    func opened(_ socket: WebSocketConnection) {
        socket.close(WebSocketCloseCode.policyViolation, "no such session")
    }

    func received(_ message: WebSocketMessage, from socket: WebSocketConnection) -> WebSocketWork? { nil }
}

/// The API behind one reference, for what there are many of.
final class SharedAPI: Sendable {
    let value: ChatAPI
    var ports: ChatAPI.Dependencies { value.ports }

    init(_ value: ChatAPI) { self.value = value }
}

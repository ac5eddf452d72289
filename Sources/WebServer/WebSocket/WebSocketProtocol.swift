/// The server's side of one WebSocket connection: what to do with bytes, with the passing of time and with the wish to
/// close (RFC 6455). A pure value; the caller does the actions in order and passes the time in, in milliseconds.
///
/// Small, because there is one for every idle socket: the decoder exists only while a message is under way.
struct WebSocketProtocol: Sendable {
    enum Action: Sendable, Equatable {
        case deliver(WebSocketMessage)
        case send([UInt8])
        /// Close the connection as soon as all is sent. Nothing follows.
        case end
    }

    private enum Phase: UInt8 {
        case open
        /// Our Close is sent, the peer's is not here yet.
        case closing
        case ended
    }

    /// The decoder of a message that came in part.
    private final class Partial: Sendable {
        let decoder: FrameDecoder
        init(_ decoder: FrameDecoder) { self.decoder = decoder }
    }

    private let rules: WebSocketRules
    private var partial: Partial?
    private var lastHeard: Int64
    /// When the next ping is due, or, in the closing phase, when the peer's Close must be here.
    private var due: Int64
    /// Until when the control frames seen so far have used up the peer's share.
    private var controlUsedUntil: Int64
    private var phase = Phase.open

    init(_ rules: WebSocketRules, at now: Int64) {
        self.rules = rules
        lastHeard = now
        due = now + rules.pingInterval
        controlUsedUntil = now
    }

    /// Whether messages may still be sent.
    var isOpen: Bool { phase == .open }

    mutating func receive(_ bytes: ArraySlice<UInt8>, at now: Int64) -> [Action] {
        guard phase != .ended else { return [] }
        lastHeard = now
        var bytes = bytes
        var actions: [Action] = []
        var decoder =
            partial?.decoder ?? FrameDecoder(messageLimit: rules.messageLimit, fragmentLimit: rules.fragmentLimit)
        partial = nil
        do throws(WebSocketFailure) {
            while phase != .ended, let event = try decoder.next(&bytes) {
                try take(event, at: now, &actions)
            }
            if phase != .ended, !decoder.isIdle { partial = Partial(decoder) }
        } catch {
            if phase == .open { actions.append(.send(WebSocketFrame.close(error.code, error.reason).bytes)) }
            actions.append(.end)
            phase = .ended
        }
        return actions
    }

    private mutating func take(
        _ event: FrameDecoder.Event, at now: Int64, _ actions: inout [Action]
    ) throws(WebSocketFailure) {
        if case .message(let message) = event {
            // Section 1.4: after our Close, what the peer still sends is discarded.
            if phase == .open { actions.append(.deliver(message)) }
            return
        }
        controlUsedUntil = max(controlUsedUntil, now) + rules.controlCost
        guard controlUsedUntil - now <= rules.controlCredit else {
            throw WebSocketFailure(code: WebSocketCloseCode.policyViolation, reason: "too many control frames")
        }
        switch event {
        case .ping(let payload):
            if phase == .open { actions.append(.send(WebSocketFrame(.pong, payload).bytes)) }
        case .close(let code):
            if phase == .open {
                let answer = code.map { WebSocketFrame.close($0) } ?? WebSocketFrame(.close, [])
                actions.append(.send(answer.bytes))
            }
            actions.append(.end)
            phase = .ended
        case .pong, .message: break
        }
    }

    /// Begins the closing handshake; the frame to send, nil when it has begun already.
    mutating func close(_ code: UInt16, _ reason: String, at now: Int64) -> [UInt8]? {
        guard phase == .open else { return nil }
        phase = .closing
        due = now + rules.closeTimeout
        return WebSocketFrame.close(code, reason).bytes
    }

    /// What the passing of time demands.
    /// - Parameter isListening: false while reading from the peer is paused, when its silence is our own doing.
    mutating func tick(at now: Int64, isListening: Bool) -> [Action] {
        if !isListening { lastHeard = now }
        switch phase {
        case .ended: return []
        case .closing:
            guard now >= due else { return [] }
            phase = .ended
            return [.end]
        case .open:
            if now - lastHeard >= rules.silence {
                phase = .ended
                return [.send(WebSocketFrame.close(WebSocketCloseCode.goingAway, "no sign of life").bytes), .end]
            }
            guard now >= due else { return [] }
            due = now + rules.pingInterval
            return [.send(WebSocketFrame(.ping, []).bytes)]
        }
    }
}

import Support

/// The server's side of one WebSocket connection: what to do with bytes, with the passing of time and with the wish to
/// close (RFC 6455). A pure value; the caller does the actions in order and passes the time in.
struct WebSocketProtocol: Sendable {
    enum Action: Sendable, Equatable {
        case deliver(WebSocketMessage)
        case send([UInt8])
        /// Close the connection as soon as all is sent. Nothing follows.
        case end
    }

    private enum Phase {
        case open
        /// Our Close is sent, the peer's is not here yet.
        case closing
        case ended
    }

    private var phase = Phase.open
    private var decoder: FrameDecoder
    private var controlFrames: TokenBucket
    private var lastHeard: Duration
    private var nextPing: Duration
    private var closeDeadline = Duration.zero
    private let pingInterval: Duration
    private let silence: Duration
    private let closeTimeout: Duration

    init(limits: ServerLimits, timeouts: ServerTimeouts, at now: Duration) {
        decoder = FrameDecoder(messageLimit: limits.webSocketMessage, fragmentLimit: limits.webSocketFragments)
        let rate = Double(max(1, limits.webSocketControlRate))
        controlFrames = TokenBucket(rate: rate, burst: rate * 4, at: now)
        lastHeard = now
        nextPing = now + timeouts.webSocketPing
        pingInterval = timeouts.webSocketPing
        silence = timeouts.webSocketSilence
        closeTimeout = timeouts.webSocketClose
    }

    /// Whether messages may still be sent.
    var isOpen: Bool { phase == .open }

    mutating func receive(_ bytes: ArraySlice<UInt8>, at now: Duration) -> [Action] {
        guard phase != .ended else { return [] }
        lastHeard = now
        var bytes = bytes
        var actions: [Action] = []
        do throws(WebSocketFailure) {
            while phase != .ended, let event = try decoder.next(&bytes) {
                try take(event, at: now, &actions)
            }
        } catch {
            if phase == .open { actions.append(.send(WebSocketFrame.close(error.code, error.reason).bytes)) }
            actions.append(.end)
            phase = .ended
        }
        return actions
    }

    private mutating func take(
        _ event: FrameDecoder.Event, at now: Duration, _ actions: inout [Action]
    ) throws(WebSocketFailure) {
        if case .message(let message) = event {
            // Section 1.4: after our Close, what the peer still sends is discarded.
            if phase == .open { actions.append(.deliver(message)) }
            return
        }
        guard controlFrames.take(at: now) == nil else {
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
    mutating func close(_ code: UInt16, _ reason: String, at now: Duration) -> [UInt8]? {
        guard phase == .open else { return nil }
        phase = .closing
        closeDeadline = now + closeTimeout
        return WebSocketFrame.close(code, reason).bytes
    }

    /// What the passing of time demands.
    /// - Parameter isListening: false while reading from the peer is paused, when its silence is our own doing.
    mutating func tick(at now: Duration, isListening: Bool) -> [Action] {
        if !isListening { lastHeard = now }
        switch phase {
        case .ended: return []
        case .closing:
            guard now >= closeDeadline else { return [] }
            phase = .ended
            return [.end]
        case .open:
            if now - lastHeard >= silence {
                phase = .ended
                return [.send(WebSocketFrame.close(WebSocketCloseCode.goingAway, "no sign of life").bytes), .end]
            }
            guard now >= nextPing else { return [] }
            nextPing = now + pingInterval
            return [.send(WebSocketFrame(.ping, []).bytes)]
        }
    }
}

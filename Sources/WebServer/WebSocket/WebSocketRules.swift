import Support

/// What every WebSocket connection of a server is held to; one for all of them. Times in milliseconds.
final class WebSocketRules: Sendable {
    let messageLimit: Int
    let fragmentLimit: Int
    /// Milliseconds that one control frame costs...
    let controlCost: Int64
    /// ...and how far a burst of them may run ahead.
    let controlCredit: Int64
    let pingInterval: Int64
    let silence: Int64
    let closeTimeout: Int64

    init(limits: ServerLimits, timeouts: ServerTimeouts) {
        messageLimit = limits.webSocketMessage
        fragmentLimit = limits.webSocketFragments
        let rate = Int64(max(1, min(limits.webSocketControlRate, 1_000)))
        controlCost = 1_000 / rate
        controlCredit = 4 * rate * controlCost
        pingInterval = timeouts.webSocketPing.milliseconds
        silence = timeouts.webSocketSilence.milliseconds
        closeTimeout = timeouts.webSocketClose.milliseconds
    }
}

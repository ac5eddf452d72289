import Support

/// The messages of one socket that wait for a task, because the one before them is still worked on. There is one only
/// while there is such work.
///
/// Whoever finds it idle may call the handler; while it is busy, its task alone does.
final class WebSocketBacklog: Sendable {
    private struct State {
        var messages: [WebSocketMessage] = []
        var first = 0
        var weight = 0
        var isFull = false
        var isBusy = true
        var isClosed = false
    }

    private enum Next {
        case message(WebSocketMessage, roomAgain: Bool)
        case nothing(isClosed: Bool)
    }

    private let socket: WebSocketConnection
    private let handler: any WebSocketHandler
    private let limits: ServerLimits
    private let state = Locked(State())

    init(_ socket: WebSocketConnection, _ handler: any WebSocketHandler, limits: ServerLimits) {
        self.socket = socket
        self.handler = handler
        self.limits = limits
    }

    /// Whether all work is done: this backlog is then of no use any more.
    var isIdle: Bool { state.withLock { !$0.isBusy } }
    /// Whether the peer has to wait until `roomAgain` was called.
    var isFull: Bool { state.withLock { $0.isFull } }

    /// Keeps `message` for the task.
    /// - Returns: false when there is no work: the message is the caller's to hand over.
    func push(_ message: WebSocketMessage) -> Bool {
        state.withLock { state in
            guard state.isBusy else { return false }
            state.messages.append(message)
            state.weight += message.weight
            if state.weight >= limits.inflowHigh { state.isFull = true }
            return true
        }
    }

    /// The socket is gone; what it still asked for is done first.
    /// - Returns: false when there is no work: telling the handler is the caller's business.
    func close() -> Bool {
        state.withLock { state in
            state.isClosed = true
            return state.isBusy
        }
    }

    /// Does `work`, and all that comes in meanwhile.
    /// - Parameter roomAgain: called when the peer need not wait any more, and at the end.
    func run(_ work: WebSocketWork, roomAgain: () -> Void) async {
        await work()
        while true {
            switch state.withLock({ Self.next(&$0, low: limits.inflowLow) }) {
            case .message(let message, let isRoom):
                if isRoom { roomAgain() }
                if let more = handler.received(message, from: socket) { await more() }
            case .nothing(let isClosed):
                if isClosed { handler.closed(socket) }
                return roomAgain()
            }
        }
    }

    private static func next(_ state: inout State, low: Int) -> Next {
        guard state.first < state.messages.count else {
            state.messages = []
            state.first = 0
            state.isBusy = false
            state.isFull = false
            return .nothing(isClosed: state.isClosed)
        }
        let message = state.messages[state.first]
        state.first += 1
        if state.first >= 64 {
            state.messages.removeFirst(state.first)
            state.first = 0
        }
        state.weight -= message.weight
        let isRoom = state.isFull && state.weight <= low
        if isRoom { state.isFull = false }
        return .message(message, roomAgain: isRoom)
    }
}

import Support

/// What all event loops of one server share.
final class ServerContext: Sendable {
    let limits: ServerLimits
    let timeouts: ServerTimeouts
    let router: Router
    let log: Log
    let tasks = TaskTally()
    private let connections = Locked(0)

    init(_ configuration: ServerConfiguration, router: Router, log: Log) {
        limits = configuration.limits
        timeouts = configuration.timeouts
        self.router = router
        self.log = log
    }

    /// Books a place for one more connection, if there is one.
    func admitConnection() -> Bool {
        connections.withLock { count in
            guard count < limits.connections else { return false }
            count += 1
            return true
        }
    }

    func releaseConnection() { connections.withLock { $0 -= 1 } }
}

/// Counts the handlers at work, so that the server does not end before they have.
final class TaskTally: Sendable {
    private struct State {
        var count = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Locked(State())

    func begin() { state.withLock { $0.count += 1 } }

    func end() {
        let waiters = state.withLock { state in
            state.count -= 1
            guard state.count == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func waitUntilNone() async {
        await withCheckedContinuation { continuation in
            let passes = state.withLock { state in
                if state.count == 0 { return true }
                state.waiters.append(continuation)
                return false
            }
            if passes { continuation.resume() }
        }
    }
}

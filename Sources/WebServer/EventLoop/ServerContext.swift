import Support

/// What all event loops of one server share.
final class ServerContext: Sendable {
    let limits: ServerLimits
    let timeouts: ServerTimeouts
    let router: Router
    let log: Log
    let handlers = HandlerTasks()
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

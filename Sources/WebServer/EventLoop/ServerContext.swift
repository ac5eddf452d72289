import Support
import Synchronization

/// What all event loops of one server share.
final class ServerContext: Sendable {
    let limits: ServerLimits
    let timeouts: ServerTimeouts
    /// The same in the loops' own unit.
    let milliseconds: TimeoutMilliseconds
    let socketRules: WebSocketRules
    let router: Router
    let log: Log
    let handlers = HandlerTasks()
    private let connections = Atomic<Int>(0)

    init(_ configuration: ServerConfiguration, router: Router, log: Log) {
        limits = configuration.limits
        timeouts = configuration.timeouts
        milliseconds = TimeoutMilliseconds(configuration.timeouts)
        socketRules = WebSocketRules(limits: configuration.limits, timeouts: configuration.timeouts)
        self.router = router
        self.log = log
    }

    /// Books a place for one more connection, if there is one.
    func admitConnection() -> Bool {
        guard connections.add(1, ordering: .relaxed).oldValue < limits.connections else {
            releaseConnection()
            return false
        }
        return true
    }

    func releaseConnection() { connections.subtract(1, ordering: .relaxed) }
}

/// `ServerTimeouts` in whole milliseconds: the loops reckon with them at every request.
struct TimeoutMilliseconds: Sendable {
    let head: Int64
    let bodyProgress: Int64
    let writeStall: Int64
    let idle: Int64
    let linger: Int64
    let lameDuck: Int64

    init(_ timeouts: ServerTimeouts) {
        head = timeouts.head.milliseconds
        bodyProgress = timeouts.bodyProgress.milliseconds
        writeStall = timeouts.writeStall.milliseconds
        idle = timeouts.idle.milliseconds
        linger = timeouts.linger.milliseconds
        lameDuck = timeouts.lameDuck.milliseconds
    }
}

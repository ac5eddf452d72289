import Glibc
import Support

/// An HTTP/1.1 and WebSocket server: event loops on threads of their own, handlers on the cooperative pool.
package final class WebServer: Service {
    package let name = "web server"
    /// The port it listens on.
    package let port: Int
    private let loops: [EventLoop]
    private let context: ServerContext
    private let hasRun = Locked(false)

    /// Binds and listens; connections wait until `run`.
    /// - Throws: `WebServerError` when the address cannot be had.
    package init(_ configuration: ServerConfiguration, router: Router, log: Log) throws {
        Self.raiseDescriptorLimit(for: configuration.limits.connections)
        let context = ServerContext(configuration, router: router, log: log)
        let listener = try ListeningSocket(host: configuration.host, port: configuration.port)
        self.context = context
        port = listener.port
        loops = try (0..<configuration.loops).map { _ in try EventLoop(listener: listener, context: context) }
    }

    /// Serves until `shutDown` was called and all requests in hand are answered. Cancellation closes all connections at
    /// once. In both cases it returns only when no handler runs any more. Call it once.
    package func run() async throws {
        let isFirst = hasRun.withLock { hasRun in
            defer { hasRun = true }
            return !hasRun
        }
        precondition(isFirst, "a WebServer runs once: make a new one")
        let running = Locked(loops.count)
        let isComplete = Locked(true)
        await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                let ended: @Sendable () -> Void = {
                    let isLast = running.withLock { count in
                        count -= 1
                        return count == 0
                    }
                    if isLast { continuation.resume() }
                }
                for loop in loops where !LoopThread.start(ended, { loop.run() }) {
                    isComplete.withLock { $0 = false }
                    abort()
                    ended()
                }
            }
            await context.handlers.waitUntilNone()
        } onCancel: {
            abort()
        }
        guard isComplete.withLock({ $0 }) else { throw WebServerError.resources(errno: EAGAIN) }
        try Task.checkCancellation()
    }

    private func abort() {
        for loop in loops { loop.post(.abort) }
        context.handlers.cancelAll()
    }

    /// The first half of `shutDown`: stops accepting and lets HTTP connections end, answering what they still ask. Sockets
    /// go on, so that answers under way reach them, until `shutDown` or `sockets` has passed.
    package func stopAccepting(sockets: Duration) {
        for loop in loops { loop.post(.lameDuck(socketsUntil: loop.later(sockets))) }
    }

    /// What it has done since it started.
    package var figures: ServerFigures {
        var figures = ServerFigures()
        for loop in loops { loop.counters.add(to: &figures) }
        return figures
    }

    /// Stops accepting. Idle connections may still ask for the lame-duck time and are told `Connection: close`; requests in
    /// hand are answered; WebSockets are closed with 1001. `run` then returns.
    package func shutDown() async {
        for loop in loops { loop.post(.drain) }
    }

    /// Each connection is a descriptor, and the usual soft limit of 1,024 is far below what the hard one allows.
    private static func raiseDescriptorLimit(for connections: Int) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        let wanted = min(rlim_t(connections + 512), limit.rlim_max)
        guard limit.rlim_cur < wanted else { return }
        limit.rlim_cur = wanted
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

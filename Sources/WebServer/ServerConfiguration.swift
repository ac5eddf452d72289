import Glibc

/// Where a server listens, and how much of everything it allows. All defaults come from the measured design.
package struct ServerConfiguration: Sendable {
    /// A numeric address or a name of this machine.
    package var host: String
    /// 0 takes any free port; `WebServer.port` tells which.
    package var port: Int
    /// Event loops, each on a thread of its own.
    package var loops: Int
    package var limits = ServerLimits()
    package var timeouts = ServerTimeouts()

    /// - Parameter loops: one a core when nil, at most eight.
    package init(host: String = "127.0.0.1", port: Int = 8000, loops: Int? = nil) {
        self.host = host
        self.port = port
        self.loops = max(1, loops ?? min(8, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }
}

/// Sizes and counts. Bytes unless said otherwise.
package struct ServerLimits: Sendable {
    /// Open connections at once over all loops; one more is answered 503 and closed.
    package var connections = 12_000
    /// Request line and fields together (431).
    package var head = 16 << 10
    /// Request target (414).
    package var target = 8 << 10
    /// Fields in a head (431).
    package var fields = 100
    /// Chunk extensions of one body together (400).
    package var chunkExtensions = 4 << 10
    /// Trailer section of one body (431).
    package var trailers = 8 << 10
    /// Bytes a second a request body must arrive with over each window of `ServerTimeouts.bodyProgress` (408).
    package var minimumBodyRate = 256
    /// Reading from a peer stops when this much of its body or messages waits for the handler...
    package var inflowHigh = 128 << 10
    /// ...and goes on when no more than this is left.
    package var inflowLow = 64 << 10
    /// A streamed response suspends its writer when this much waits for the peer...
    package var outflowHigh = 256 << 10
    /// ...and wakes it when no more than this is left.
    package var outflowLow = 64 << 10
    /// A WebSocket message (1009).
    package var webSocketMessage = 64 << 10
    /// Frames a WebSocket message may come in (1008).
    package var webSocketFragments = 1_024
    /// Control frames a second a peer may send, at most 1,000, with a burst of four times as many (1008).
    package var webSocketControlRate = 50
    /// What may wait for a slow WebSocket reader (1013).
    package var webSocketBacklog = 1 << 20

    package init() {}
}

/// How long the server waits for a peer.
package struct ServerTimeouts: Sendable {
    /// From the first byte of a head to its last (408).
    package var head = Duration.seconds(10)
    /// The window over which a body must keep its minimum rate (408).
    package var bodyProgress = Duration.seconds(30)
    /// Without the peer taking a single byte of what waits for it.
    package var writeStall = Duration.seconds(30)
    /// Between two requests; longer than the 60 s of a load balancer, so that it never meets a closed connection.
    package var idle = Duration.seconds(75)
    /// Reading on after the last answer, so that the peer gets to see it.
    package var linger = Duration.seconds(2)
    /// Between two pings to a WebSocket peer.
    package var webSocketPing = Duration.seconds(25)
    /// Without a byte from a WebSocket peer.
    package var webSocketSilence = Duration.seconds(60)
    /// For the peer's half of the closing handshake.
    package var webSocketClose = Duration.seconds(2)
    /// Idle connections during a drain: late requests are still answered, with `Connection: close`.
    package var lameDuck = Duration.seconds(2)

    package init() {}

    /// How often deadlines are looked at: often enough for the shortest of them.
    var tick: Duration {
        let shortest = [
            head, bodyProgress, writeStall, idle, linger, webSocketPing, webSocketSilence, webSocketClose, lameDuck,
        ].reduce(.seconds(1), min)
        return max(.milliseconds(5), min(.milliseconds(250), shortest / 4))
    }
}

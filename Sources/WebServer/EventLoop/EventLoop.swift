import CLinux
import Glibc
import Support

/// One thread, one epoll, and the connections it accepted.
///
/// Other threads reach it by `post` only; mail for a connection that is gone is dropped.
///
/// Unchecked Sendable: `mailbox` is locked, `poller` and `context` are Sendable constants, and everything else is
/// touched only by the thread that runs `run`, which is started once.
final class EventLoop: @unchecked Sendable {
    private struct Mailbox {
        var mail: [Mail] = []
        var hasRung = false
    }

    let context: ServerContext
    private let poller: Poller
    private let mailbox = Locked(Mailbox())

    private var listener: ListeningSocket?
    private var slots: [Connection?] = []
    private var connectionCount = 0
    private var generation: UInt32 = 0
    private var acceptAgainAt: Int64?
    private var dateSecond = -1
    private var dateText = ""
    /// Milliseconds of the monotonic clock, read once a turn.
    private(set) var now: Int64 = 0
    private(set) var isDraining = false
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 64)

    private static let listenerToken = UInt64.max - 1

    init(listener: ListeningSocket, context: ServerContext) throws(WebServerError) {
        self.listener = listener
        self.context = context
        poller = try Poller()
        now = Self.monotonicMilliseconds()
    }

    deinit { readBuffer.deallocate() }

    // MARK: - From any thread

    func post(_ mail: Mail) {
        let mustRing = mailbox.withLock { mailbox in
            mailbox.mail.append(mail)
            defer { mailbox.hasRung = true }
            return !mailbox.hasRung
        }
        if mustRing { poller.ring() }
    }

    // MARK: - The loop's thread

    /// Returns when the loop was told to drain or to abort and its last connection is closed.
    func run() {
        blockBrokenPipeSignal()
        if let listener { poller.add(listener.descriptor, .acceptable, token: Self.listenerToken) }
        let tick = max(1, context.timeouts.tick.milliseconds)
        var events: [Poller.Event] = []
        now = Self.monotonicMilliseconds()
        var nextTick = now + tick
        while !(isDraining && connectionCount == 0) {
            events.removeAll(keepingCapacity: true)
            poller.wait(milliseconds: Int32(clamping: max(0, nextTick - now)), &events)
            now = Self.monotonicMilliseconds()
            for event in events {
                switch event.token {
                case Poller.bellToken: deliverMail()
                case Self.listenerToken: accept(most: 16)
                default: connection(ConnectionID(token: event.token))?.handle(event)
                }
            }
            if now >= nextTick {
                self.tick()
                nextTick = now + tick
            }
        }
    }

    private func deliverMail() {
        poller.silenceBell()
        let mail = mailbox.withLock { mailbox in
            defer { mailbox = Mailbox() }
            return mailbox.mail
        }
        for item in mail { deliver(item) }
    }

    private func deliver(_ mail: Mail) {
        switch mail {
        case .drain: drain()
        case .abort:
            drain()
            for connection in slots { connection?.abortNow() }
        case .respond(let exchange, let response, let body):
            guard let connection = connection(exchange.connection), let driver = connection.http else {
                if case .stream(let outflow) = body { outflow.close() }
                return
            }
            driver.respond(exchange, response, body)
            connection.settle()
        case .part(let exchange, let bytes, let outflow):
            guard let connection = connection(exchange.connection), let driver = connection.http else {
                outflow.release(bytes.count)
                return
            }
            driver.part(exchange, bytes, outflow)
            connection.settle()
        case .finish(let exchange, let failed):
            withDriver(exchange) { $0.finish(exchange, failed: failed) }
        case .bodyWanted(let exchange):
            withDriver(exchange) { $0.bodyWanted(exchange) }
        case .upgrade(let exchange, let handshake, let socket):
            let connection = connection(exchange.connection)
            if connection?.http?.upgrade(exchange, handshake, socket) != true { socket.ended() }
            connection?.settle()
        case .roomAgain(let id):
            guard let connection = connection(id) else { return }
            connection.inflowHasRoom()
            connection.settle()
        case .frame(let id, let frame, let outflow):
            guard let connection = connection(id), let driver = connection.webSocket else {
                outflow.release(frame.bytes.count)
                return
            }
            driver.send(frame, outflow)
            connection.settle()
        case .closeSocket(let id, let code, let reason):
            guard let connection = connection(id) else { return }
            connection.webSocket?.close(code, reason)
            connection.settle()
        case .closeSlowReader(let id):
            guard let connection = connection(id) else { return }
            connection.webSocket?.closeSlowReader()
            connection.settle()
        }
    }

    private func withDriver(_ exchange: Exchange, _ body: (HTTPDriver) -> Void) {
        guard let connection = connection(exchange.connection), let driver = connection.http else { return }
        body(driver)
        connection.settle()
    }

    private func connection(_ id: ConnectionID) -> Connection? {
        let index = Int(id.descriptor)
        guard slots.indices.contains(index), let connection = slots[index], connection.id == id else { return nil }
        return connection
    }

    // MARK: - Connections come and go

    /// A few at a time, so that the loops share them.
    private func accept(most count: Int) {
        guard let listener else { return }
        for _ in 0..<count {
            var address = SocketAddress()
            let descriptor = address.withMutablePointer { gepeto_accept(listener.descriptor, $0, $1) }
            guard descriptor >= 0 else {
                switch errno {
                case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                    // The listener would stay readable and the loop would spin: look again in a moment.
                    poller.remove(listener.descriptor)
                    acceptAgainAt = now + 100
                    context.log.warning("no descriptors left to accept connections")
                    return
                case ECONNABORTED, EINTR, EPROTO: continue
                default: return
                }
            }
            guard context.admitConnection() else {
                Self.refuse(descriptor)
                continue
            }
            open(descriptor, peer: address.text)
        }
    }

    private func open(_ descriptor: Int32, peer: String) {
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        generation = generation == UInt32.max - 1 ? 1 : generation + 1
        let id = ConnectionID(descriptor: descriptor, generation: generation)
        while slots.count <= Int(descriptor) { slots.append(nil) }
        let connection = Connection(id: id, peerAddress: peer, loop: self, poller: poller)
        slots[Int(descriptor)] = connection
        connectionCount += 1
        connection.start()
    }

    /// One connection too many: it learns why, as far as its socket's buffer goes.
    private static func refuse(_ descriptor: Int32) {
        let answer = Array(
            "HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".utf8)
        send(descriptor, answer, answer.count, Int32(MSG_NOSIGNAL))
        Glibc.close(descriptor)
    }

    /// Called by a connection that has closed its descriptor.
    func forget(_ id: ConnectionID) {
        slots[Int(id.descriptor)] = nil
        connectionCount -= 1
        context.releaseConnection()
    }

    // MARK: - Time

    private func tick() {
        if let time = acceptAgainAt, now >= time {
            acceptAgainAt = nil
            if let listener { poller.add(listener.descriptor, .acceptable, token: Self.listenerToken) }
        }
        for connection in slots { connection?.tick(now) }
    }

    /// Whoever is in the kernel's queue was promised an answer; after that nobody is.
    private func drain() {
        guard !isDraining else { return }
        isDraining = true
        if let listener {
            accept(most: 4_096)
            poller.remove(listener.descriptor)
            self.listener = nil
        }
        for connection in slots { connection?.drain() }
    }

    /// The value of the `Date` field, made once a second.
    var date: String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &time)
        if time.tv_sec != dateSecond {
            dateSecond = time.tv_sec
            dateText = HTTPDate.format(seconds: dateSecond)
        }
        return dateText
    }

    private static func monotonicMilliseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// `sendfile` has no flag against SIGPIPE; blocked on this thread, the signal becomes the error EPIPE only.
    private func blockBrokenPipeSignal() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}

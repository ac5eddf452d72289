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
    let context: ServerContext
    let poller: Poller
    let counters = LoopCounters()
    private let mailbox = Mailbox()

    private var listener: ListeningSocket?
    private var slots: [Connection?] = []
    private var connectionCount = 0
    private var generation: UInt32 = 0
    private var acceptAgainAt: Int64?
    /// Emptied mail, whose memory is used again.
    private var sparePost: [Mail] = []
    /// Frames for sockets came by mail in this turn...
    private var hasSentPieces = false
    /// ...and in an earlier one at this time.
    private var piecesSentAt = Int64.min / 2
    private var dateSecond = -1
    private var dateText: [UInt8] = []
    /// Milliseconds of the monotonic clock, read once a turn.
    private(set) var now: Int64 = 0
    private(set) var isDraining = false
    /// When the sockets are told to go elsewhere, once no new connection is taken.
    private var socketsUntil = Int64.max
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 64)
    /// What the connection that is being served has to say in this turn; empty between two connections.
    var gathered: [UInt8] = []
    /// Memory for the input of the connection that is being served.
    var spareInput: [UInt8] = []

    private static let listenerToken = UInt64.max - 1
    /// How long a piece may wait for its loop in order to go out with others, in milliseconds.
    private static let nap: Int32 = 1
    /// The coarse clock's step and more, in milliseconds.
    private static let moment: Int64 = 5

    init(listener: ListeningSocket, context: ServerContext) throws(WebServerError) {
        self.listener = listener
        self.context = context
        poller = try Poller()
        now = Self.monotonicMilliseconds()
    }

    deinit { readBuffer.deallocate() }

    // MARK: - From any thread

    func post(_ mail: Mail) {
        switch mailbox.put(mail) {
        case .taken: break
        case .ring: poller.ring()
        case .refused: mail.bounce()
        }
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
            poller.wait(milliseconds: patience(until: nextTick), &events)
            now = Self.monotonicMilliseconds()
            // Before anything is posted by this thread: it is awake, nobody has to ring.
            deliverMail()
            for event in events {
                switch event.token {
                case Poller.bellToken: break
                case Self.listenerToken: accept(most: 16)
                default: connection(ConnectionID(token: event.token))?.handle(event)
                }
            }
            deliverMail()
            if now >= nextTick {
                self.tick()
                nextTick = now + tick
            }
        }
        for mail in mailbox.close() { mail.bounce() }
    }

    /// How long to wait for events, in milliseconds.
    private func patience(until nextTick: Int64) -> Int32 {
        // Pieces came in two turns within a moment: more will, and one ring for each is what a nap saves.
        let isStreaming = hasSentPieces && now - piecesSentAt <= Self.moment
        if hasSentPieces { piecesSentAt = now }
        hasSentPieces = false
        guard mailbox.rest(isStreaming ? .nap : .sleep) else { return 0 }
        return isStreaming ? Self.nap : Int32(clamping: max(0, nextTick - now))
    }

    /// What is posted meanwhile by this thread is delivered too, as long as that does not go on for ever.
    private func deliverMail() {
        for _ in 0..<4 {
            guard mailbox.take(&sparePost) else { return }
            var next = 0
            while next < sparePost.count {
                if case .frame(let socket, _) = sparePost[next] {
                    next = deliverFrames(of: socket, from: next)
                } else {
                    deliver(sparePost[next])
                    next += 1
                }
            }
            sparePost.removeAll(keepingCapacity: sparePost.count <= 4_096)
        }
    }

    /// Frames for one socket that follow each other go out in one system call.
    /// - Returns: the place of the first item that is not one of them.
    private func deliverFrames(of socket: WebSocketConnection, from first: Int) -> Int {
        var next = first
        let connection = connection(socket.id)
        let driver = connection?.webSocket
        while next < sparePost.count, case .frame(let other, let frame) = sparePost[next], other === socket {
            if let driver { driver.send(frame) } else { sparePost[next].bounce() }
            next += 1
        }
        if driver != nil { connection?.settle() }
        hasSentPieces = true
        return next
    }

    private func deliver(_ mail: Mail) {
        switch mail {
        case .job(let job): job.runSynchronously(on: asUnownedTaskExecutor())
        case .lameDuck(let until):
            socketsUntil = min(socketsUntil, until)
            stopAccepting()
        case .drain: drain()
        case .abort:
            drain()
            for connection in slots { connection?.abortNow() }
        case .respond(let exchange, let response, let body):
            withHTTP(exchange, mail) { $0.respond(exchange, response, body) }
        case .part(let exchange, let bytes, let outflow):
            withHTTP(exchange, mail) { $0.part(exchange, bytes, outflow) }
        case .finish(let exchange, let failed): withHTTP(exchange, mail) { $0.finish(exchange, failed: failed) }
        case .bodyWanted(let exchange): withHTTP(exchange, mail) { $0.bodyWanted(exchange) }
        case .upgrade(let exchange, let handshake, let handler):
            withHTTP(exchange, mail) { $0.upgrade(exchange, handshake, handler) }
        case .roomAgain(let id):
            guard let connection = connection(id) else { return }
            connection.inflowHasRoom()
            connection.settle()
        case .frame(let socket, let frame): withWebSocket(socket.id, mail) { $0.send(frame) }
        case .roomAsked(let id): connection(id)?.settle()
        case .wakeSocket(let id, let time): connection(id)?.webSocket?.wakeAt = time
        case .closeSocket(let id, let code, let reason): withWebSocket(id, mail) { $0.close(code, reason) }
        case .endSocket(let id, let actions): withWebSocket(id, mail) { $0.perform(actions) }
        case .closeSlowReader(let id):
            counters.slowReaderDropped()
            withWebSocket(id, mail) { $0.closeSlowReader() }
        }
    }

    private func withHTTP(_ exchange: Exchange, _ mail: Mail, _ body: (HTTPDriver) -> Void) {
        guard let connection = connection(exchange.connection), let driver = connection.http else {
            return mail.bounce()
        }
        body(driver)
        connection.settle()
    }

    private func withWebSocket(_ id: ConnectionID, _ mail: Mail, _ body: (WebSocketDriver) -> Void) {
        guard let connection = connection(id), let driver = connection.webSocket else { return mail.bounce() }
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
                counters.connectionRefused()
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
        let connection = Connection(id: id, loop: self)
        slots[Int(descriptor)] = connection
        connectionCount += 1
        counters.connectionAccepted()
        connection.start(peerAddress: peer)
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
        counters.connectionClosed()
        context.releaseConnection()
    }

    // MARK: - Time

    private func tick() {
        if let time = acceptAgainAt, now >= time {
            acceptAgainAt = nil
            if let listener { poller.add(listener.descriptor, .acceptable, token: Self.listenerToken) }
        }
        for connection in slots { connection?.tick(now) }
        if isDraining, now >= socketsUntil {
            socketsUntil = .max
            closeSockets()
        }
    }

    /// Whoever is in the kernel's queue was promised an answer; after that nobody is.
    private func stopAccepting() {
        guard !isDraining else { return }
        isDraining = true
        if let listener {
            accept(most: 4_096)
            poller.remove(listener.descriptor)
            self.listener = nil
        }
        for connection in slots { connection?.beginLameDuck() }
    }

    private func drain() {
        stopAccepting()
        closeSockets()
    }

    private func closeSockets() { for connection in slots { connection?.closeSocket() } }

    /// The value of the `Date` field, made once a second.
    var date: [UInt8] {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &time)
        if time.tv_sec != dateSecond {
            dateSecond = time.tv_sec
            dateText = Array(HTTPDate.format(seconds: dateSecond).utf8)
        }
        return dateText
    }

    /// A time of the loop's clock, from any thread.
    func later(_ duration: Duration) -> Int64 {
        let (time, isBeyond) = Self.monotonicMilliseconds().addingReportingOverflow(duration.milliseconds)
        return isBeyond ? .max : time
    }

    static func monotonicMilliseconds() -> Int64 {
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

import CLinux
import Glibc
import Support

/// One accepted socket: reads, writes, deadlines and the ways to end. What the bytes mean is its driver's business.
///
/// Confined to its loop's thread. Every call from the loop ends in `settle`, which sends what was queued, tears down what
/// has ended and tells epoll what to wait for; nothing is closed before that, so drivers need not fear for their own life.
final class Connection {
    private enum Ending {
        case open
        /// Close when all that waits is sent.
        case afterWriting
        /// All is sent and our direction is shut; the peer's last bytes are read and dropped, because closing over
        /// unread bytes would make the system take the answer back (RFC 9112, section 9.6).
        case lingering(until: Int64)
        case now(reset: Bool)
        case closed
    }

    private enum Driver {
        case http(HTTPDriver)
        case webSocket(WebSocketDriver)
        case none
    }

    let id: ConnectionID
    let peerAddress: String
    unowned let loop: EventLoop
    private let poller: Poller
    private var driver = Driver.none
    private var ending = Ending.open
    var input = InputBuffer()
    private var output = OutputQueue()
    private(set) var isReading = true
    private(set) var peerHasClosed = false
    private var interest: Poller.Interest = [.readable]
    private var writeDeadline: Int64?

    init(id: ConnectionID, peerAddress: String, loop: EventLoop, poller: Poller) {
        self.id = id
        self.peerAddress = peerAddress
        self.loop = loop
        self.poller = poller
    }

    func start() {
        let driver = HTTPDriver(connection: self)
        self.driver = .http(driver)
        poller.add(id.descriptor, interest, token: id.token)
        driver.start()
    }

    var http: HTTPDriver? {
        if case .http(let driver) = driver { return driver }
        return nil
    }

    var webSocket: WebSocketDriver? {
        if case .webSocket(let driver) = driver { return driver }
        return nil
    }

    // MARK: - For drivers

    /// Whether the driver may still read and write.
    var isOpen: Bool {
        if case .open = ending { return true }
        return false
    }

    /// Bytes that wait for the peer.
    var pendingOutput: Int { output.count }

    func write(_ bytes: [UInt8], owner: Outflow? = nil) { output.append(.bytes(bytes, owner: owner)) }
    func write(_ slice: FileSlice) { output.append(.file(slice)) }

    func setReading(_ isReading: Bool) { self.isReading = isReading }

    /// Takes back what is not half sent.
    func dropUnbegunOutput() { output.dropUnbegun() }

    /// Ends the connection when all that waits is sent.
    func closeAfterWriting() {
        guard isOpen else { return }
        ending = .afterWriting
        isReading = true
        input.removeAll()
    }

    /// Ends the connection in a way that the peer cannot take for a complete answer.
    func abort() { ending = .now(reset: true) }

    /// The protocol of the connection changes; the old driver's state is freed.
    func upgrade(to driver: WebSocketDriver) { self.driver = .webSocket(driver) }

    // MARK: - For the loop

    func handle(_ event: Poller.Event) {
        if event.isReadable {
            read()
        } else if event.isBroken {
            ending = .now(reset: false)
        }
        settle()
    }

    func inflowHasRoom() {
        guard isOpen else { return }
        switch driver {
        case .http(let driver): driver.process()
        case .webSocket(let driver): driver.inflowHasRoom()
        case .none: break
        }
    }

    func tick(_ now: Int64) {
        if case .lingering(let until) = ending, now >= until { ending = .now(reset: false) }
        if let writeDeadline, now >= writeDeadline { abort() }
        if isOpen {
            switch driver {
            case .http(let driver): driver.tick(now)
            case .webSocket(let driver): driver.tick()
            case .none: break
            }
        }
        settle()
    }

    func drain() {
        guard isOpen else { return }
        switch driver {
        case .http(let driver): driver.drain()
        case .webSocket(let driver): driver.close(WebSocketCloseCode.goingAway, "server is shutting down")
        case .none: break
        }
        settle()
    }

    func abortNow() {
        abort()
        settle()
    }

    // MARK: - Reading

    private func read() {
        // A few reads a turn: one fast sender must not starve the others.
        for _ in 0..<4 where !peerHasClosed && isReading {
            let count = recv(id.descriptor, loop.readBuffer.baseAddress, loop.readBuffer.count, 0)
            if count > 0 {
                received(UnsafeRawBufferPointer(rebasing: loop.readBuffer[..<count]))
                if count < loop.readBuffer.count { return }
            } else if count == 0 {
                peerHasClosed = true
                reachedEnd()
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                ending = .now(reset: false)
                return
            }
        }
    }

    private func received(_ bytes: UnsafeRawBufferPointer) {
        guard isOpen else { return }
        input.append(bytes)
        switch driver {
        case .http(let driver): driver.process()
        case .webSocket(let driver): driver.process()
        case .none: break
        }
    }

    private func reachedEnd() {
        switch ending {
        case .open:
            switch driver {
            case .http(let driver): driver.peerClosed()
            case .webSocket, .none: ending = .now(reset: false)
            }
        case .lingering: ending = .now(reset: false)
        case .afterWriting, .now, .closed: break
        }
    }

    // MARK: - Writing

    func settle() {
        flush()
        if case .open = ending, case .http(let driver) = driver, output.count <= loop.context.limits.outflowLow {
            driver.outputHasRoom()
            flush()
        }
        if case .afterWriting = ending, output.isEmpty {
            if peerHasClosed {
                ending = .now(reset: false)
            } else {
                shutdown(id.descriptor, Int32(SHUT_WR))
                ending = .lingering(until: loop.now + loop.context.timeouts.linger.milliseconds)
            }
        }
        if case .now(let reset) = ending { tearDown(reset: reset) }
        updateInterest()
    }

    private func flush() {
        var rounds = 0
        // A few rounds a turn, as with reading; epoll says when there is room for more.
        while rounds < 16, let piece = output.next() {
            switch ending {
            case .now, .closed: return
            case .open, .afterWriting, .lingering: break
            }
            rounds += 1
            let sent = send(piece)
            guard sent > 0 else {
                if sent < 0, errno == EAGAIN {
                    break
                } else if sent < 0, errno == EINTR {
                    continue
                }
                // The peer is gone, or the file has become shorter than was promised.
                ending = .now(reset: true)
                return
            }
            output.advance(sent)
            writeDeadline = nil
        }
        if output.isEmpty {
            writeDeadline = nil
        } else if writeDeadline == nil {
            writeDeadline = loop.now + loop.context.timeouts.writeStall.milliseconds
        }
    }

    private func send(_ piece: OutputQueue.Piece) -> Int {
        switch piece {
        case .bytes(let bytes):
            return bytes.withUnsafeBytes { Glibc.send(id.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        case .file(let file, let offset, let count):
            // From the page cache as a rule. A cold file holds up this loop for the time of one disk read.
            var position = off_t(offset)
            return sendfile(id.descriptor, file.descriptor, &position, min(count, 1 << 20))
        }
    }

    private func updateInterest() {
        if case .closed = ending { return }
        var wanted: Poller.Interest = []
        if isReading, !peerHasClosed { wanted.insert(.readable) }
        if !output.isEmpty { wanted.insert(.writable) }
        guard wanted != interest else { return }
        interest = wanted
        poller.change(id.descriptor, wanted, token: id.token)
    }

    private func tearDown(reset: Bool) {
        ending = .closed
        switch driver {
        case .http(let driver): driver.connectionEnded()
        case .webSocket(let driver): driver.connectionEnded()
        case .none: break
        }
        driver = .none
        output.removeAll()
        input.removeAll()
        if reset {
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(id.descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        }
        poller.remove(id.descriptor)
        Glibc.close(id.descriptor)
        loop.forget(id)
    }
}

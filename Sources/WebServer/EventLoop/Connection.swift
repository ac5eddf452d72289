import CLinux
import Glibc
import Support

/// One accepted socket: reads, writes, deadlines and the ways to end. What the bytes mean is its driver's business.
///
/// Confined to its loop's thread. Every call from the loop ends in `settle`, which sends what was queued, tears down what
/// has ended and tells epoll what to wait for; nothing is closed before that, so drivers need not fear for their own life.
/// Small, because there is one for every idle socket.
final class Connection {
    enum Ending: UInt8 {
        case open
        /// Close when all that waits is sent.
        case afterWriting
        /// All is sent and our direction is shut; the peer's last bytes are read and dropped, because closing over
        /// unread bytes would make the system take the answer back (RFC 9112, section 9.6).
        case lingering
        case broken
        /// So that the peer cannot take it for a good end.
        case reset
        case closed
    }

    private enum Driver {
        case http(HTTPDriver)
        case webSocket(WebSocketDriver)
        case none
    }

    let id: ConnectionID
    /// Outlives it: the loop ends when its last connection has.
    unowned(unsafe) let loop: EventLoop
    private var driver = Driver.none
    var input = InputBuffer()
    /// What the peer has not taken yet, beside what is gathered in this turn.
    var output: OutputQueue?
    /// Until when the peer must take a byte, or, while lingering, until when it is waited for; 0 for never.
    var deadline: Int64 = 0
    private var interest: Poller.Interest = [.readable]
    var ending = Ending.open
    private(set) var isReading = true
    private(set) var peerHasClosed = false

    init(id: ConnectionID, loop: EventLoop) {
        self.id = id
        self.loop = loop
    }

    func start(peerAddress: String) {
        let driver = HTTPDriver(connection: self, peerAddress: peerAddress)
        self.driver = .http(driver)
        loop.poller.add(id.descriptor, interest, token: id.token)
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
    var isOpen: Bool { ending == .open }

    func setReading(_ isReading: Bool) { self.isReading = isReading }

    /// Takes back what is not half sent.
    func dropUnbegunOutput() { output?.dropUnbegun() }

    /// Ends the connection when all that waits is sent.
    func closeAfterWriting() {
        guard isOpen else { return }
        ending = .afterWriting
        isReading = true
        input.removeAll()
    }

    /// Ends the connection in a way that the peer cannot take for a complete answer.
    func abort() { if ending != .closed { ending = .reset } }

    /// The protocol of the connection changes; the old driver's state is freed.
    func upgrade(to driver: WebSocketDriver) {
        self.driver = .webSocket(driver)
        loop.counters.webSocketOpened()
    }

    // MARK: - For the loop

    func handle(_ event: Poller.Event) {
        if event.isReadable {
            read()
        } else if event.isBroken {
            ending = .broken
        }
        settle()
    }

    func inflowHasRoom() {
        guard isOpen else { return }
        switch driver {
        case .http(let driver): driver.process()
        case .webSocket(let driver): driver.backlogHasRoom()
        case .none: break
        }
    }

    func tick(_ now: Int64) {
        var isDue = false
        if deadline != 0, now >= deadline {
            ending = ending == .lingering ? .broken : .reset
            isDue = true
        }
        if isOpen {
            switch driver {
            case .http(let driver): isDue = driver.tick(now) || isDue
            case .webSocket(let driver): isDue = driver.tick(now) || isDue
            case .none: break
            }
        }
        if isDue { settle() }
    }

    /// HTTP comes to its end; a WebSocket stays.
    func beginLameDuck() {
        guard isOpen, case .http(let driver) = driver else { return }
        driver.drain()
        settle()
    }

    /// The server goes; a client of the closed socket connects again, elsewhere.
    func closeSocket() {
        guard isOpen, case .webSocket(let driver) = driver else { return }
        driver.close(WebSocketCloseCode.goingAway, "server is shutting down")
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
                ending = .broken
                return
            }
        }
    }

    private func received(_ bytes: UnsafeRawBufferPointer) {
        guard isOpen else { return }
        input.borrow(&loop.spareInput)
        input.append(bytes)
        switch driver {
        case .http(let driver): driver.process()
        case .webSocket(let driver): driver.process()
        case .none: break
        }
        input.giveBack(&loop.spareInput)
    }

    private func reachedEnd() {
        switch ending {
        case .open:
            switch driver {
            case .http(let driver): driver.peerClosed()
            case .webSocket, .none: ending = .broken
            }
        case .lingering: ending = .broken
        case .afterWriting, .broken, .reset, .closed: break
        }
    }

    // MARK: - The end of a turn

    func settle() {
        flush()
        if ending == .open {
            switch driver {
            case .http(let driver):
                if (output?.count ?? 0) <= loop.context.limits.outflowLow {
                    driver.outputHasRoom()
                    flush()
                }
            case .webSocket(let driver):
                driver.outputHasRoom()
            case .none: break
            }
        }
        if ending == .afterWriting, output == nil {
            if peerHasClosed {
                ending = .broken
            } else {
                shutdown(id.descriptor, Int32(SHUT_WR))
                ending = .lingering
                deadline = loop.now + loop.context.milliseconds.linger
            }
        }
        switch ending {
        case .broken: tearDown(reset: false)
        case .reset: tearDown(reset: true)
        case .open, .afterWriting, .lingering:
            input.trim()
            updateInterest()
        case .closed: break
        }
    }

    private func updateInterest() {
        var wanted: Poller.Interest = []
        if isReading, !peerHasClosed { wanted.insert(.readable) }
        if output != nil { wanted.insert(.writable) }
        guard wanted != interest else { return }
        interest = wanted
        loop.poller.change(id.descriptor, wanted, token: id.token)
    }

    private func tearDown(reset: Bool) {
        ending = .closed
        loop.gathered.removeAll(keepingCapacity: true)
        switch driver {
        case .http(let driver): driver.connectionEnded()
        case .webSocket(let driver):
            driver.connectionEnded()
            loop.counters.webSocketClosed()
        case .none: break
        }
        driver = .none
        output?.abandon()
        output = nil
        input.removeAll()
        if reset {
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(id.descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        }
        loop.poller.remove(id.descriptor)
        Glibc.close(id.descriptor)
        loop.forget(id)
    }
}

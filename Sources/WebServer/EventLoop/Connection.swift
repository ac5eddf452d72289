import CLinux
import Glibc
import Support

/// One accepted socket: reads, writes, deadlines and the ways to end. What the bytes mean is its driver's business.
///
/// Confined to its loop's thread. Every call from the loop ends in `settle`, which sends what was queued, tears down what
/// has ended and tells epoll what to wait for; nothing is closed before that, so drivers need not fear for their own life.
/// Small, because there is one for every idle socket.
final class Connection {
    private enum Ending: UInt8 {
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

    /// Writes up to this size are gathered in the loop's own buffer and sent at the end of the turn.
    private static let gathered = 16 << 10

    let id: ConnectionID
    unowned let loop: EventLoop
    private var driver = Driver.none
    var input = InputBuffer()
    /// What the peer has not taken yet, beside what is gathered in this turn.
    private var output: OutputQueue?
    /// Until when the peer must take a byte, or, while lingering, until when it is waited for; 0 for never.
    private var deadline: Int64 = 0
    private var interest: Poller.Interest = [.readable]
    private var ending = Ending.open
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

    /// Bytes that wait for the peer.
    var pendingOutput: Int { loop.gathered.count + (output?.count ?? 0) }

    /// - Parameter owner: told as soon as the bytes are sent, dropped, or no longer worth counting.
    func write(_ bytes: [UInt8], owner: OutputQueue.Owner = .none) {
        guard output == nil, loop.gathered.count + bytes.count <= Self.gathered else {
            return enqueue(.bytes(bytes, owner: owner))
        }
        loop.gathered += bytes
        owner.release(bytes.count)
    }

    func writeHead(of response: HTTPResponse, framing: ResponseFraming, keepsAlive: Bool, isHTTP10: Bool) {
        let date = loop.date
        guard output == nil, loop.gathered.count <= Self.gathered else {
            var bytes: [UInt8] = []
            ResponseHead.append(
                to: &bytes, status: response.status, fields: response.headers, framing: framing,
                keepsAlive: keepsAlive, isHTTP10: isHTTP10, date: date)
            return write(bytes)
        }
        ResponseHead.append(
            to: &loop.gathered, status: response.status, fields: response.headers, framing: framing,
            keepsAlive: keepsAlive, isHTTP10: isHTTP10, date: date)
    }

    func write(_ slice: FileSlice) { enqueue(.file(slice)) }

    private func enqueue(_ segment: OutputQueue.Segment) {
        guard segment.count > 0 else { return }
        let queue = output ?? OutputQueue()
        output = queue
        queue.append(segment)
    }

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

    // MARK: - Writing

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

    private var mayWrite: Bool {
        switch ending {
        case .open, .afterWriting, .lingering: true
        case .broken, .reset, .closed: false
        }
    }

    private func flush() {
        guard mayWrite else { return }
        if !loop.gathered.isEmpty { flushGathered() }
        guard let output, mayWrite else { return }
        var progressed = false
        var rounds = 0
        // A few rounds a turn, as with reading; epoll says when there is room for more.
        while rounds < 16, let piece = output.next() {
            rounds += 1
            let sent = send(piece)
            guard sent > 0 else {
                if sent < 0, errno == EAGAIN { break }
                if sent < 0, errno == EINTR { continue }
                // The peer is gone, or the file has become shorter than was promised.
                ending = .reset
                return
            }
            output.advance(sent)
            progressed = true
        }
        if output.isEmpty {
            self.output = nil
            if ending != .lingering { deadline = 0 }
        } else if progressed || deadline == 0 {
            deadline = loop.now + loop.context.milliseconds.writeStall
        }
    }

    /// What was written in this turn, in one system call; what the peer does not take now is kept.
    private func flushGathered() {
        let count = loop.gathered.count
        var sent: Int
        repeat {
            sent = loop.gathered.withUnsafeBytes {
                Glibc.send(id.descriptor, $0.baseAddress, count, Int32(MSG_NOSIGNAL))
            }
        } while sent < 0 && errno == EINTR
        if sent < 0, errno == EAGAIN { sent = 0 }
        if sent < 0 {
            ending = .reset
        } else if sent < count {
            let queue = output ?? OutputQueue()
            output = queue
            queue.putFirst(Array(loop.gathered[sent...]))
        }
        loop.gathered.removeAll(keepingCapacity: true)
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

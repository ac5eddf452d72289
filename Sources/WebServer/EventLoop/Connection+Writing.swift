import CLinux
import Glibc

/// What a connection has to say: gathered over a turn in the loop's buffer, sent in one system call, and queued only as far
/// as the peer does not take it.
extension Connection {
    /// Larger writes are queued by reference rather than copied.
    private static var mostGathered: Int { 16 << 10 }

    /// Bytes that wait for the peer.
    var pendingOutput: Int { loop.gathered.count + (output?.count ?? 0) }

    /// - Parameter owner: told as soon as the bytes are sent, dropped, or no longer worth counting.
    func write(_ bytes: [UInt8], owner: OutputQueue.Owner = .none) {
        guard output == nil, loop.gathered.count + bytes.count <= Self.mostGathered else {
            return enqueue(.bytes(bytes, owner: owner))
        }
        loop.gathered += bytes
        owner.release(bytes.count)
    }

    func writeHead(of response: HTTPResponse, framing: ResponseFraming, keepsAlive: Bool, isHTTP10: Bool) {
        let date = loop.date
        guard output == nil, loop.gathered.count <= Self.mostGathered else {
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

    private var mayWrite: Bool {
        switch ending {
        case .open, .afterWriting, .lingering: true
        case .broken, .reset, .closed: false
        }
    }

    func flush() {
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
}

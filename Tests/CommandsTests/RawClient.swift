import Glibc
import Support

/// A client of raw bytes over a connection of its own; its blocking calls have a thread of their own.
actor RawClient {
    struct Failure: Error { let what: String }

    private nonisolated let executor = SerialQueueExecutor(label: "raw-client")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private var descriptor: Int32
    private var buffer: [UInt8] = []

    init(port: Int) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.descriptor = descriptor
        var timeout = timeval(tv_sec: 60, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &timeout, socklen_t(MemoryLayout<timeval>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(what: "connect: \(errno)") }
    }

    deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// - Returns: false when the peer takes no more.
    @discardableResult
    func send(_ bytes: [UInt8]) throws -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    /// Whether an answer waits to be read.
    func isAnswered() -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 0) > 0
    }

    func close() {
        Glibc.close(descriptor)
        descriptor = -1
    }

    /// The head of the next answer and, where its length is told, its body.
    func response() throws -> (status: Int, head: String, body: String) {
        let end = Array("\r\n\r\n".utf8)
        var found = find(end)
        while found == nil {
            try receive()
            found = find(end)
        }
        let length = found ?? 0
        let head = String(decoding: buffer[..<length], as: UTF8.self)
        buffer.removeFirst(length + 4)
        let lines = head.split(separator: "\r\n")
        let size =
            lines.compactMap { line -> Int? in
                let parts = line.split(separator: ":", maxSplits: 1)
                return parts.count == 2 && parts[0].lowercased() == "content-length"
                    ? Int(parts[1].trimmingPrefix(while: { $0 == " " })) : nil
            }.first ?? 0
        while buffer.count < size { try receive() }
        let body = String(decoding: buffer[..<size], as: UTF8.self)
        buffer.removeFirst(size)
        return (Int(lines[0].split(separator: " ")[1]) ?? 0, head, body)
    }

    private func find(_ bytes: [UInt8]) -> Int? {
        guard buffer.count >= bytes.count else { return nil }
        return (0...(buffer.count - bytes.count)).first { buffer[$0...].starts(with: bytes) }
    }

    private func receive() throws {
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &piece, piece.count, 0)
        guard count > 0 else { throw Failure(what: "the connection ended: \(count) \(errno)") }
        buffer += piece[..<count]
    }
}

import Glibc
import Support
import Testing

@testable import WebServer

/// A client of raw bytes: what it sends is what stands in the test. Its blocking calls have a thread of their own; a
/// peer that stays silent for two minutes is an error.
actor TestClient {
    struct Failure: Error { let what: String }

    struct Response: Sendable {
        let status: Int
        let headers: HTTPFields
        let body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private nonisolated let executor = SerialQueueExecutor(label: "test-client")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    let descriptor: Int32
    private var buffer: [UInt8] = []

    /// - Parameter receiveBuffer: makes the kernel's buffer small, for slow readers.
    init(port: Int, receiveBuffer: Int32? = nil) throws {
        // Set at the end: once all is set, `deinit` closes it, also when this throws.
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var timeout = timeval(tv_sec: 120, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &timeout, socklen_t(MemoryLayout<timeval>.size))
        }
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
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
        guard result == 0 else {
            let code = errno
            Glibc.close(descriptor)
            throw Failure(what: "connect: \(code)")
        }
        self.descriptor = descriptor
    }

    deinit { Glibc.close(descriptor) }

    // MARK: - Bytes

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(what: "send: \(errno)") }
            sent += count
        }
    }

    /// Our direction is at its end; the other stays open.
    func shutDownSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// False at the end of the stream.
    private func receiveMore() throws -> Bool {
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &piece, piece.count, 0)
        guard count >= 0 else { throw Failure(what: "recv: \(errno)") }
        buffer += piece[..<count]
        return count > 0
    }

    func receive(_ count: Int) throws -> [UInt8] {
        while buffer.count < count {
            guard try receiveMore() else { throw Failure(what: "the end came after \(buffer.count) of \(count) bytes") }
        }
        defer { buffer.removeFirst(count) }
        return Array(buffer[..<count])
    }

    /// All up to the end of the stream.
    func receiveAll() throws -> [UInt8] {
        while try receiveMore() {}
        defer { buffer = [] }
        return buffer
    }

    /// Whether the peer has closed its direction and nothing is left to read.
    func isAtEnd() throws -> Bool { try receiveAll().isEmpty }

    // MARK: - HTTP

    func get(_ path: String, _ fields: String = "") throws -> Response {
        try send("GET \(path) HTTP/1.1\r\nHost: test\r\n\(fields)\r\n")
        return try response()
    }

    /// The next response. - Parameter hasBody: false for the answer to HEAD.
    func response(hasBody: Bool = true) throws -> Response {
        let lines = try head()
        let status = Int(lines[0].split(separator: " ")[1]) ?? 0
        var headers = HTTPFields()
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers.append(String(parts[0]), String(parts[1].dropFirst()))
        }
        guard hasBody, !HTTPStatus.forbidsBody(status) else {
            return Response(status: status, headers: headers, body: [])
        }
        var body: [UInt8] = []
        if headers["transfer-encoding"] == "chunked" {
            while true {
                let size = Int(try line(), radix: 16) ?? -1
                let chunk = try receive(size + 2)
                #expect(chunk.suffix(2) == [13, 10])
                if size == 0 { break }
                body += chunk.dropLast(2)
            }
        } else if let length = headers["content-length"] {
            body = try receive(Int(length) ?? -1)
        } else {
            body = try receiveAll()
        }
        return Response(status: status, headers: headers, body: body)
    }

    func head() throws -> [String] {
        var lines: [String] = []
        while true {
            let line = try line()
            if line.isEmpty { return lines }
            lines.append(line)
        }
    }

    func line() throws -> String {
        while true {
            if let end = buffer.firstIndex(of: 10) {
                defer { buffer.removeFirst(end + 1) }
                return String(decoding: buffer[..<end].dropLast(), as: UTF8.self)
            }
            guard try receiveMore() else { throw Failure(what: "the end came within a line") }
        }
    }

    // MARK: - WebSocket

    func upgrade(_ path: String = "/ws") throws -> [String] {
        try send(
            "GET \(path) HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        return try head()
    }

    /// The next frame: opcode and payload.
    func frame() throws -> (opcode: UInt8, payload: [UInt8]) {
        let header = try receive(2)
        #expect(header[0] & 0xF0 == 0x80 && header[1] & 0x80 == 0, "whole and unmasked")
        var length = Int(header[1])
        if let more = [126: 2, 127: 8][length] { length = try receive(more).reduce(0) { $0 << 8 | Int($1) } }
        return (header[0] & 0x0F, try receive(length))
    }

    /// The code of the next frame, which must be a Close.
    func closeCode() throws -> UInt16 {
        let (opcode, payload) = try frame()
        guard opcode == 8, payload.count >= 2 else { throw Failure(what: "frame \(opcode) instead of a Close") }
        return UInt16(payload[0]) << 8 | UInt16(payload[1])
    }
}

extension TestClient {
    /// Sends zeros until the peer takes no more for a moment, or `limit` is reached; how many.
    func sendUntilFull(_ piece: [UInt8] = [UInt8](repeating: 0, count: 1 << 20), limit: Int) throws -> Int {
        var sent = 0
        while sent < limit {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&waiting, 1, 200) > 0 else { return sent }
            let count = Glibc.send(
                descriptor, piece, min(piece.count, limit - sent), Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            guard count > 0 else { return sent }
            sent += count
        }
        return sent
    }
}

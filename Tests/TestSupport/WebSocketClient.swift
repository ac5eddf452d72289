import Foundation
import Glibc
import Support

/// A WebSocket client of a test: as plain as RFC 6455 allows, blocking on a thread of its own, loopback only.
package final class WebSocketClient: Sendable {
    /// What came from the server.
    package enum Received: Sendable, Equatable {
        case text(String)
        case closed(UInt16)
        /// The connection ended without a closing frame.
        case ended
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) { self.description = description }
    }

    /// Status line and fields of the handshake's answer.
    package let head: String
    private let descriptor: Int32
    private let queue = BlockingQueue(label: "websocket.client")

    private init(descriptor: Int32, head: String) {
        self.descriptor = descriptor
        self.head = head
    }

    deinit { close(descriptor) }

    /// Connects and sends the opening handshake; `head` then tells whether the server agreed.
    package static func connect(port: Int, target: String, headers: [String] = []) async throws -> WebSocketClient {
        try await BlockingQueue(label: "websocket.connect").run {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(UInt16(port).bigEndian)
            address.sin_addr.s_addr = in_addr_t(UInt32(0x7f00_0001).bigEndian)
            let connected = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard connected == 0 else { throw Failure(description: "cannot connect to port \(port)") }
            // A server that never answers fails the test instead of hanging it.
            var patience = timeval(tv_sec: 120, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
            let fields =
                [
                    "GET \(target) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Connection: Upgrade", "Upgrade: websocket",
                    "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                ] + headers
            try write(descriptor, Array((fields.joined(separator: "\r\n") + "\r\n\r\n").utf8))
            var head: [UInt8] = []
            while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) { head += try read(descriptor, 1) }
            return WebSocketClient(descriptor: descriptor, head: String(decoding: head, as: UTF8.self))
        }
    }

    /// Sends one masked text frame.
    package func send(_ text: String) async throws {
        let payload = Array(text.utf8)
        var frame: [UInt8] = [0x81]
        if payload.count < 126 {
            frame.append(0x80 | UInt8(payload.count))
        } else {
            frame += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xff)]
        }
        let mask: [UInt8] = [0x12, 0x34, 0x56, 0x78]
        frame += mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
        let descriptor = descriptor
        let bytes = frame
        try await queue.run { try Self.write(descriptor, bytes) }
    }

    /// The next text or the end; pings are passed over.
    package func receive() async throws -> Received {
        let descriptor = descriptor
        return try await queue.run {
            while true {
                guard let head = try? Self.read(descriptor, 2) else { return .ended }
                var count = Int(head[1] & 0x7f)
                if count == 126 {
                    let more = try Self.read(descriptor, 2)
                    count = Int(more[0]) << 8 | Int(more[1])
                } else if count == 127 {
                    count = try Self.read(descriptor, 8).reduce(0) { $0 << 8 | Int($1) }
                }
                let payload = try Self.read(descriptor, count)
                switch head[0] & 0x0f {
                case 0x1: return .text(String(decoding: payload, as: UTF8.self))
                case 0x8: return .closed(payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : 1005)
                default: continue
                }
            }
        }
    }

    /// Goes away without a word, as a client does whose network is gone.
    package func vanish() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    private static func write(_ descriptor: Int32, _ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(description: "the connection is gone") }
            sent += count
        }
    }

    private static func read(_ descriptor: Int32, _ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var piece = [UInt8](repeating: 0, count: count - bytes.count)
            let got = recv(descriptor, &piece, piece.count, 0)
            guard got > 0 else { throw Failure(description: "the connection ended") }
            bytes += piece[..<got]
        }
        return bytes
    }
}

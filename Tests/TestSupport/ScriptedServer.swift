import Dispatch
import Foundation
import Glibc
import Support

/// A server on a free port of the loopback address that answers its n-th request with the n-th reply of a script, byte
/// for byte as written there, and keeps a record of what it was asked. When the script is at its end the last reply is
/// given again. Blocking sockets, a thread a connection.
package final class ScriptedServer: Sendable {
    /// What the server does next on a connection.
    package enum Step: Sendable {
        case send([UInt8])
        /// One write for every byte.
        case sendBytewise([UInt8])
        /// Waits until the test opens the gate.
        case wait(Gate)
        /// Says nothing until the client closes the connection.
        case untilPeerCloses
        /// Sends these bytes again and again, with a pause between them, until the client closes the connection.
        case trickle([UInt8], milliseconds: UInt32)
        case close
        /// Closes with a TCP reset.
        case reset

        fileprivate var endsConnection: Bool {
            switch self {
            case .close, .reset: true
            default: false
            }
        }
    }

    package struct Request: Sendable {
        /// Counts connections from 0: two requests with the same number came over the same one.
        package let connection: Int
        /// Request line and fields.
        package let head: String
        package let body: String

        package var line: String { head.split(separator: "\r\n").first.map(String.init) ?? "" }

        package func header(_ name: String) -> String? {
            for line in head.split(separator: "\r\n").dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, parts[0].lowercased() == name.lowercased() else { continue }
                return parts[1].trimmingCharacters(in: .whitespaces)
            }
            return nil
        }
    }

    private struct State {
        var requests: [Request] = []
        var connections: Set<Int32> = []
        var accepted = 0
    }

    package let port: Int
    private let listener: Int32
    private let script: [[Step]]
    private let greeting: [UInt8]
    private let state = Locked(State())
    private let closed = Latch()

    /// - Parameter greeting: sent on every new connection before anything is read.
    package init(_ script: [[Step]] = [], greeting: [UInt8] = []) throws {
        self.script = script
        self.greeting = greeting
        (listener, port) = try Loopback.listen(backlog: 64)
        let listener = listener
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { break }
                guard let self, let number = self.register(connection) else {
                    Glibc.close(connection)
                    break
                }
                Thread.detachNewThread { self.serve(connection, number: number) }
            }
            Glibc.close(listener)
        }
    }

    deinit { stop() }

    package var url: String { "http://127.0.0.1:\(port)" }
    package var requests: [Request] { state.withLock { $0.requests } }

    /// Returns when a client has closed a connection before the reply was at its end.
    package func peerClosed() async { await closed.wait() }

    package func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        state.withLock { state in
            for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    private func register(_ connection: Int32) -> Int? {
        state.withLock { state in
            state.connections.insert(connection)
            defer { state.accepted += 1 }
            return state.accepted
        }
    }

    private func serve(_ connection: Int32, number: Int) {
        defer {
            state.withLock { _ = $0.connections.remove(connection) }
            Glibc.close(connection)
        }
        var on: Int32 = 1
        setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        guard Self.send(greeting[...], to: connection) else { return }
        while let request = Self.readRequest(from: connection, number: number) {
            let index = state.withLock { state in
                state.requests.append(request)
                return state.requests.count - 1
            }
            guard let reply = script.isEmpty ? nil : script[min(index, script.count - 1)] else { return }
            for step in reply where !perform(step, on: connection) {
                if !step.endsConnection { closed.open() }
                return
            }
        }
    }

    /// False when the connection is at its end.
    private func perform(_ step: Step, on connection: Int32) -> Bool {
        switch step {
        case .send(let bytes): return Self.send(bytes[...], to: connection)
        case .sendBytewise(let bytes): return bytes.indices.allSatisfy { Self.send(bytes[$0...$0], to: connection) }
        case .wait(let gate):
            gate.wait()
            return true
        case .untilPeerCloses:
            var buffer = [UInt8](repeating: 0, count: 4096)
            while recv(connection, &buffer, buffer.count, 0) > 0 {}
            return false
        case .trickle(let bytes, let milliseconds):
            while Self.send(bytes[...], to: connection) { usleep(milliseconds * 1000) }
            return false
        case .close: return false
        case .reset:
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
            return false
        }
    }

    private static func send(_ bytes: ArraySlice<UInt8>, to connection: Int32) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var sent = 0
            while sent < buffer.count {
                let count = Glibc.send(
                    connection, buffer.baseAddress?.advanced(by: sent), buffer.count - sent,
                    Int32(MSG_NOSIGNAL))
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }
    }

    /// Reads a head and as much body as its Content-Length says; nil when the client closed.
    private static func readRequest(from connection: Int32, number: Int) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") {
                let head = String(text[..<end.lowerBound])
                let request = Request(connection: number, head: head, body: String(text[end.upperBound...]))
                let length = request.header("Content-Length").flatMap { Int($0) } ?? 0
                if bytes.count >= head.utf8.count + 4 + length { return request }
            }
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
        }
    }
}

/// Something a scripted server waits at until the test lets it go on.
package final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    package init() {}
    package func open() { semaphore.signal() }
    fileprivate func wait() { semaphore.wait() }
}

/// An address that takes no connection and refuses none: a listener whose queue is full, so that Linux drops what else
/// knocks.
package final class BlackHole: Sendable {
    package let port: Int
    private let sockets: [Int32]

    package init() throws {
        let (listener, port) = try Loopback.listen(backlog: 0)
        self.port = port
        sockets = [listener] + (0..<4).map { _ in Loopback.connectWithoutWaiting(to: port) }
    }

    deinit { for socket in sockets { Glibc.close(socket) } }
}

/// A port that nobody listens on, and nobody else is given while it is held.
package final class ClosedPort: Sendable {
    package let port: Int
    private let socket: Int32

    package init() throws { (socket, port) = try Loopback.bind() }

    deinit { Glibc.close(socket) }
}

/// Plain calls on loopback sockets.
package enum Loopback {
    package struct Failure: Error { package let errno: Int32 }

    package static func listen(backlog: Int32) throws -> (socket: Int32, port: Int) {
        let (socket, port) = try bind()
        guard Glibc.listen(socket, backlog) == 0 else { throw Failure(errno: errno) }
        return (socket, port)
    }

    static func bind() throws -> (socket: Int32, port: Int) {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw Failure(errno: errno) }
        guard withAddress(port: 0, { Glibc.bind(socket, $0, $1) }) == 0 else { throw Failure(errno: errno) }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let named = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
        }
        guard named == 0 else { throw Failure(errno: errno) }
        return (socket, Int(UInt16(bigEndian: address.sin_port)))
    }

    static func connectWithoutWaiting(to port: Int) -> Int32 {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        _ = withAddress(port: port) { connect(socket, $0, $1) }
        return socket
    }

    private static func withAddress(port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}

import Foundation
import Glibc
import Support
import TestSupport

@testable import Redis

/// A peer that says on each connection what a script has for it, byte for byte, whatever it is asked, and then nothing.
final class FakeRedis: Sendable {
    /// The reply to the greeting of a client without password and database.
    static let greeting = "$14\r\nrun_id:abcdef\r\n\r\n"

    let port: Int
    private let listener: Int32
    private let state = Locked((connections: [Int32](), accepted: 0))

    /// - Parameter scripts: of the first, second … connection; the last one is that of all later ones.
    init(_ scripts: [String]) throws {
        (listener, port) = try Loopback.listen(backlog: 16)
        let (listener, state) = (listener, state)
        Thread.detachNewThread {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { break }
                let number = state.withLock { state in
                    state.connections.append(connection)
                    state.accepted += 1
                    return state.accepted - 1
                }
                // After something was asked, as a server does.
                var piece = [UInt8](repeating: 0, count: 4_096)
                _ = recv(connection, &piece, piece.count, 0)
                let script = Array(scripts[min(number, scripts.count - 1)].utf8)
                _ = script.withUnsafeBytes { Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            }
            Glibc.close(listener)
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        for connection in state.withLock({ $0.connections }) { Glibc.close(connection) }
    }

    var accepted: Int { state.withLock { $0.accepted } }

    /// Ends all connections there are.
    func hangUp() {
        for connection in state.withLock({ $0.connections }) { shutdown(connection, Int32(SHUT_RDWR)) }
    }

    func address() throws -> RedisAddress { try RedisAddress("redis://127.0.0.1:\(port)", setting: "GEPETO_SESSIONS") }
}

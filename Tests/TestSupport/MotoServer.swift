import Foundation
import Glibc
import Support

/// A real server of stand-ins for SQS, DynamoDB, S3 and SSM (PyPI `moto`, pinned in Tests/requirements.txt): one for a
/// test process, so each test needs names of its own. It ends with the process.
package final class MotoServer: Sendable {
    package let port: Int
    package var url: String { "http://127.0.0.1:\(port)" }

    /// For `.enabled(if:)`.
    package static let missing: String = "moto is not installed: run scripts/setup --test"

    package static var isInstalled: Bool {
        let library = root.appending(path: ".venv/lib")
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: library.path())) ?? []
        return versions.contains {
            FileManager.default.fileExists(atPath: library.appending(path: "\($0)/site-packages/moto/server.py").path())
        }
    }

    private static let started = Result { try MotoServer() }

    /// The server, started by the first who asks.
    package static func shared() async throws -> MotoServer {
        try await BlockingQueue(label: "moto").run { try started.get() }
    }

    package struct DidNotStart: Error {}

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Blocks until the server answers.
    private init() throws {
        // Its end of a pair of sockets is the server's standard input and output; ours closes with this process, and is given
        // to no other child.
        var ends: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw DidNotStart()
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        let arguments = [
            Self.root.appending(path: ".venv/bin/python").path(),
            Self.root.appending(path: "Tests/Fixtures/moto_server.py").path(),
        ]
        var list: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for argument in list { free(argument) } }
        var pid = pid_t()
        let result = posix_spawn(&pid, arguments[0], &actions, nil, &list, environ)
        close(ends[1])
        guard result == 0 else { throw DidNotStart() }
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(ends[0], &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
        guard let port = Int(String(decoding: line, as: UTF8.self)) else { throw DidNotStart() }
        self.port = port
    }
}

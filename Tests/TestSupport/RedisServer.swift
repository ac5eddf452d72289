import Foundation
import Glibc
import Support

/// A real `redis-server` on a free port of the loopback address, in a folder of its own. It ends with the value, and
/// with this process whatever becomes of it.
package final class RedisServer: Sendable {
    package struct CannotStart: Error { package let log: String }

    private struct State {
        var shell: pid_t?
        /// While this end is open the server lives.
        var lifeline: Int32 = -1
        var server: pid_t?
    }

    package let port: Int
    package let password: String?
    package let isEncrypted: Bool
    private let folder: TemporaryFolder
    private let state = Locked(State())

    /// - Parameter isEncrypted: TLS only, with a certificate for 127.0.0.1 that `certificates` vouches for.
    package init(password: String? = nil, isEncrypted: Bool = false) async throws {
        self.password = password
        self.isEncrypted = isEncrypted
        folder = try TemporaryFolder()
        let (socket, port) = try Loopback.listen(backlog: 1)
        Glibc.close(socket)
        self.port = port
        if isEncrypted { try makeCertificate() }
        try await start()
    }

    deinit { kill() }

    /// For tests that keep to keys of their own and leave the server alone.
    package static func shared() async throws -> RedisServer { try await sharedStart.value }
    private static let sharedStart = Task { try await RedisServer() }

    /// The authority's certificate (PEM).
    package var certificates: String { folder.file("ca.pem") }

    package var url: String {
        "\(isEncrypted ? "rediss" : "redis")://\(password.map { ":\($0)@" } ?? "")127.0.0.1:\(port)/0"
    }

    /// Starts it (again); what the last one saved by SAVE is there.
    package func start() async throws {
        let log = folder.file("log")
        try? FileManager.default.removeItem(atPath: log)
        var arguments = ["--bind", "127.0.0.1", "--save", "", "--dir", folder.path, "--logfile", log]
        if let password { arguments += ["--requirepass", password] }
        arguments += ["--port", isEncrypted ? "0" : "\(port)"]
        if isEncrypted {
            arguments += [
                "--tls-port", "\(port)", "--tls-cert-file", folder.file("cert.pem"), "--tls-key-file",
                folder.file("key.pem"), "--tls-auth-clients", "no",
            ]
        }
        try spawn(arguments)
        try await eventually {
            let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            if text.contains("Ready to accept connections") { return true }
            var status: Int32 = 0
            let shell = state.withLock { $0.shell }
            if let shell, waitpid(shell, &status, WNOHANG) == shell {
                state.withLock { $0.shell = nil }
                throw CannotStart(log: text)
            }
            return false
        }
        let id = try String(contentsOfFile: folder.file("pid"), encoding: .utf8)
        state.withLock { $0.server = pid_t(id.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// Ends it as a power cut does; returns when it is gone.
    package func kill() {
        let (shell, lifeline) = state.withLock { state in
            defer { state = State() }
            return (state.shell, state.lifeline)
        }
        if lifeline >= 0 { Glibc.close(lifeline) }
        var status: Int32 = 0
        if let shell { waitpid(shell, &status, 0) }
    }

    /// Makes it deaf and dumb, its connections open, until `resume`.
    package func pause() { signal(SIGSTOP) }
    package func resume() { signal(SIGCONT) }

    private func signal(_ number: Int32) {
        if let server = state.withLock({ $0.server }) { Glibc.kill(server, number) }
    }

    /// A shell that lives until its input ends, and the server beside it.
    private func spawn(_ arguments: [String]) throws {
        // First what was inherited is closed: a socket of another test would stay open here when that test closes it.
        let script = #"""
            for fd in /proc/$$/fd/*; do fd=${fd##*/}; if ((fd > 2 && fd != 255)); then eval "exec $fd>&-"; fi; done
            exec 3<&0; redis-server "$@" 3<&- & echo $! >"$0/pid"; read -r line <&3; kill -9 $!; wait $!
            """#
        var ends: [Int32] = [-1, -1]
        // A socket pair, because a pipe cannot be made closed on exec in one step here.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw CannotStart(log: "no socket pair") }
        defer { Glibc.close(ends[0]) }
        let shell = try Self.spawn(["/bin/bash", "-c", script, folder.path] + arguments, input: ends[0])
        state.withLock { $0 = State(shell: shell, lifeline: ends[1]) }
    }

    private static func spawn(_ words: [String], input: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        // The threads of the pool block signals, and a shell that hears of no child's end waits for ever.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var id: pid_t = 0
        guard posix_spawn(&id, words[0], &actions, &attributes, &arguments, environ) == 0 else {
            throw CannotStart(log: "\(words[0]) cannot be started")
        }
        return id
    }

    private func makeCertificate() throws {
        let script = """
            cd "$0" && exec >openssl.log 2>&1 && \
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=tests \
                -keyout ca.key -out ca.pem && \
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=127.0.0.1 \
                -keyout key.pem -out request.pem && \
            printf 'subjectAltName=IP:127.0.0.1\\n' >names && \
            openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out cert.pem
            """
        var status: Int32 = 0
        let input = open("/dev/null", O_RDONLY | O_CLOEXEC)
        defer { Glibc.close(input) }
        let id = try Self.spawn(["/bin/sh", "-c", script, folder.path], input: input)
        guard waitpid(id, &status, 0) == id, status == 0 else { throw CannotStart(log: "no certificate") }
    }
}

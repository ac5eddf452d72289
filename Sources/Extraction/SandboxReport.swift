import CLinux
import Glibc

/// What the sandbox comes to on this machine, found out by trying: for `gepeto doctor`, and for tests.
package struct SandboxReport: Codable, Sendable, Equatable {
    package var holds: Sandbox.Holds
    /// What a process in the sandbox could do and should not.
    package var breaches: [String]
    /// The names of its environment variables.
    package var environment: [String]

    /// Tries what must be refused, from within. The process is good for nothing else afterwards.
    /// - Parameter parent: what may not be reached.
    static func made(within holds: Sandbox.Holds) -> SandboxReport {
        var report = SandboxReport(holds: holds, breaches: [], environment: environmentNames)
        for (what, attempt) in attempts(holds) where attempt() { report.breaches.append(what) }
        return report
    }

    /// Each answers whether it succeeded.
    private static func attempts(_ holds: Sandbox.Holds) -> [(String, () -> Bool)] {
        [
            ("open an IPv4 socket", { canOpenSocket(AF_INET) }),
            ("open an IPv6 socket", { canOpenSocket(AF_INET6) }),
            ("open a local socket", { canOpenSocket(AF_UNIX) }),
            ("become root again", { holds.user != 0 && setuid(0) == 0 }),
            ("make a user namespace", { gepeto_unshare(0x1000_0000) == 0 }),
            ("leave its process group", { setpgid(0, 0) == 0 && setsid() >= 0 }),
            ("use more memory than allowed", { holds.limitsMemory && canMap(1 << 30) }),
            ("write a core file", { hard(RLIMIT_CORE) > 0 }),
            ("use a processor for as long as it likes", { hard(RLIMIT_CPU) > 3_600 }),
            ("write outside its folder", { holds.landlock != nil && canWrite("/tmp/gepeto-sandbox-probe") }),
            ("read what is not a program or a font", { holds.landlock != nil && access("/etc/passwd") }),
            (
                "read its parent's environment",
                { (holds.hasOwnUser || holds.landlock != nil) && access("/proc/\(getppid())/environ") }
            ),
            ("signal its parent", { (holds.hasOwnUser || (holds.landlock ?? 0) >= 6) && kill(getppid(), 0) == 0 }),
        ]
    }

    private static func canOpenSocket(_ family: Int32) -> Bool {
        let socket = socket(family, Int32(SOCK_STREAM.rawValue), 0)
        if socket >= 0 { close(socket) }
        return socket >= 0
    }

    private static func canMap(_ size: Int) -> Bool {
        let start = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard start != MAP_FAILED else { return false }
        munmap(start, size)
        return true
    }

    private static func canWrite(_ path: String) -> Bool {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        close(file)
        unlink(path)
        return true
    }

    private static func access(_ path: String) -> Bool {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        if file >= 0 { close(file) }
        return file >= 0
    }

    private static func hard(_ resource: __rlimit_resource) -> rlim_t {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(resource.rawValue), &limit)
        return limit.rlim_max
    }

    private static var environmentNames: [String] {
        var names: [String] = []
        var entry = environ
        while let text = entry.pointee {
            names.append(String(String(cString: text).prefix { $0 != "=" }))
            entry += 1
        }
        return names.sorted()
    }
}

extension SandboxReport {
    /// What does not hold here and would elsewhere, for the log; empty when all does.
    package var shortcomings: [String] {
        var found: [String] = []
        if !holds.hasFilter { found.append("no filter of system calls (seccomp)") }
        if holds.landlock == nil { found.append("no Landlock: all files of its user can be read") }
        if !holds.hasOwnUser { found.append("no user of its own") }
        if !holds.limitsMemory { found.append("no limit on memory") }
        return found + breaches.map { "it can \($0)" }
    }

    /// For a person: what holds, and what does not with what would help.
    package var summary: String {
        let user =
            switch (holds.hasOwnUser, holds.user) {
            case (true, let user): "user \(user)"
            case (false, 0): "root without its rights, because no other user can be taken here"
            case (false, _): "this program's user (another one only when it is started by root)"
            }
        let network =
            switch (holds.hasFilter, holds.hasOwnNetwork) {
            case (true, true): "no network, in a namespace of its own"
            case (true, false): "no network"
            case (false, true): "local sockets only, in a network of its own, because there is no seccomp filter"
            case (false, false): "THE NETWORK OPEN, because there is no seccomp filter"
            }
        let files =
            holds.landlock.map { "few files (Landlock \($0))" } ?? "no Landlock in this kernel, so all its user's files"
        let memory = holds.limitsMemory ? "512 MB" : "memory not limited, because this build has a sanitizer"
        return "documents are read as \(user); \(network); \(files); \(memory)"
    }
}

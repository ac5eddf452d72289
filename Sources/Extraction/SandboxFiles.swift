import CLinux
import Glibc

/// Which files a process reading a stranger's file may reach: a Landlock ruleset (landlock(7), kernel document
/// userspace-api/landlock), inherited by all it starts, and for good. Linux has it from 5.13 on; a kernel may be built
/// without it.
enum SandboxFiles {
    // LANDLOCK_ACCESS_FS_* of linux/landlock.h, by the version of the interface that brought them.
    private static let execute: UInt64 = 1 << 0
    private static let writeFile: UInt64 = 1 << 1
    private static let readFile: UInt64 = 1 << 2
    private static let readFolder: UInt64 = 1 << 3
    private static let removeFolder: UInt64 = 1 << 4
    private static let removeFile: UInt64 = 1 << 5
    private static let makeFolder: UInt64 = 1 << 7
    private static let makeFile: UInt64 = 1 << 8
    private static let allOfVersion1: UInt64 = (1 << 13) - 1
    private static let refer: UInt64 = 1 << 13
    private static let truncate: UInt64 = 1 << 14
    private static let deviceControl: UInt64 = 1 << 15

    /// What programs, their libraries, fonts and language data lie in. Nothing beneath is private by custom.
    /// All of /proc, because libdispatch reads /proc/<thread>/stat and traps when it may not; what is private in it (memory,
    /// environment) the kernel keeps from another user, and from a process confined by Landlock.
    private static let readable = [
        "/usr", "/bin", "/lib", "/lib64", "/etc/fonts", "/etc/alternatives", "/etc/ld.so.cache", "/etc/localtime",
        "/var/cache/fontconfig", "/proc", "/sys/devices/system/cpu", "/dev/urandom", "/dev/random",
    ]

    /// The version of the kernel's interface; nil where there is none.
    static var version: Int? {
        let version = gepeto_landlock_version()
        return version > 0 ? Int(version) : nil
    }

    /// Leaves this thread, and what it starts, `folder` for reading and writing, the system's programs and data for
    /// reading, and nothing else. `PR_SET_NO_NEW_PRIVS` must be set before.
    /// - Returns: the version of the interface, or nil when nothing could be restricted.
    static func restrict(to folder: String) -> Int? {
        guard let version else { return nil }
        var files = allOfVersion1
        if version >= 2 { files |= refer }
        if version >= 3 { files |= truncate }
        if version >= 5 { files |= deviceControl }
        // From 4 on also binding and connecting (TCP), from 6 on signals and abstract sockets of processes outside.
        var rules = gepeto_landlock_rules(
            files: files, network: version >= 4 ? 3 : 0, scopes: version >= 6 ? 3 : 0)
        let size = version >= 6 ? 24 : version >= 4 ? 16 : 8
        let ruleset = gepeto_landlock_create(&rules, size)
        guard ruleset >= 0 else { return nil }
        defer { close(ruleset) }

        for path in readable { allow(path, execute | readFile | readFolder, files, ruleset) }
        allow("/dev/null", readFile | writeFile | truncate, files, ruleset)
        let own =
            readFile | readFolder | writeFile | removeFile | removeFolder | makeFile | makeFolder | refer | truncate
        guard allow(folder, own, files, ruleset) else { return nil }
        return gepeto_landlock_restrict(ruleset) == 0 ? version : nil
    }

    /// - Parameter handled: the rights of this kernel's version; others must not be named.
    @discardableResult
    private static func allow(_ path: String, _ access: UInt64, _ handled: UInt64, _ ruleset: Int32) -> Bool {
        // O_PATH (linux/fcntl.h), which Swift's Glibc leaves out: no right to the file itself is needed.
        let file = open(path, 0o10000000 | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        var information = stat()
        guard fstat(file, &information) == 0 else { return false }
        // A right over folders cannot be given for a file.
        let isFolder = information.st_mode & S_IFMT == S_IFDIR
        let ofFiles = execute | writeFile | readFile | truncate | deviceControl
        return gepeto_landlock_allow(ruleset, access & handled & (isFolder ? .max : ofFiles), file) == 0
    }
}

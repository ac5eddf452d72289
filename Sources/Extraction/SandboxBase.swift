import Glibc

/// The folder of all slots, with their locks.
///
/// For root it is one fixed place, whatever its TMPDIR: the slots' users are the machine's, and so must the locks be that
/// say which are in use. For other users, whose extractors change no user, one in the folder for temporary files.
struct SandboxBase: Sendable, Equatable {
    let folder: String
    /// Whether every process of this user has its slots here.
    let isForAll: Bool

    /// Of this process, chosen once.
    static let standard: SandboxBase = geteuid() == 0 ? choice(of: forRoot) : choice(of: [own])

    /// On a disk rather than in /run, which is memory, and little of it; there where the rest is read-only.
    private static let forRoot = ["/var/cache/gepeto-extract", "/run/gepeto-extract", "/tmp/gepeto-extract-0"]

    private static var own: String { "\(Scratch.folder)/gepeto-extract-\(geteuid())" }

    /// The first of `folders` that can be made, or is this user's already; else a new one with a name that nobody could
    /// have taken before.
    static func choice(of folders: [String]) -> SandboxBase {
        for folder in folders where isPassable(folder) && obstacle(to: folder) == nil {
            return SandboxBase(folder: folder, isForAll: true)
        }
        var name = Array("\(geteuid() == 0 ? "/tmp" : Scratch.folder)/gepeto-extract-XXXXXX".utf8CString)
        guard mkdtemp(&name) != nil else {
            // Nothing can be made: taking a slot then says why.
            return SandboxBase(folder: folders.last ?? own, isForAll: false)
        }
        let folder = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        return SandboxBase(folder: folder, isForAll: false)
    }

    /// Makes the folder when it is missing. The slots' own users must be able to pass through, nobody else to change it.
    /// - Returns: why it cannot be used; nil when it can.
    static func obstacle(to folder: String) -> String? {
        let mode: mode_t = geteuid() == 0 ? 0o711 : 0o700
        if mkdir(folder, mode) != 0, errno != EEXIST { return "\(folder): \(FileReading.reason(errno))" }
        var information = stat()
        guard lstat(folder, &information) == 0, information.st_mode & S_IFMT == S_IFDIR,
            information.st_uid == geteuid(), information.st_mode & 0o022 == 0
        else { return "\(folder) belongs to someone else" }
        // Whatever the umask said, and should it have been shut.
        if information.st_mode & 0o777 != mode { chmod(folder, mode) }
        guard access(folder, W_OK | X_OK) == 0 else { return "\(folder): \(FileReading.reason(errno))" }
        return nil
    }

    /// Whether root's extractors, which are other users, may pass through the folders above.
    private static func isPassable(_ folder: String) -> Bool {
        guard geteuid() == 0 else { return true }
        var path = ""
        return folder.split(separator: "/").dropLast().allSatisfy { name in
            path += "/" + name
            var information = stat()
            return stat(path, &information) == 0 && information.st_mode & 0o001 != 0
        }
    }
}

import Glibc
import Support

/// Removes a folder in which someone hostile could write.
///
/// By descriptors and names in them, never by paths, so that no link in the folder leads out of it. Folders inside are
/// brought up to the top instead of being gone down into: neither their depth nor their number costs memory or open files.
enum SandboxRemoval {
    /// How long one removal may take; a folder of millions of files is gone after several.
    private static let timeLimit = Duration.seconds(20)

    /// Blocking. What cannot be removed in time stays and is tried at the next chance.
    /// - Parameter user: the slot's own user; what still runs as that user is killed first. nil when nothing may be.
    /// - Returns: whether there is no such folder any more.
    @discardableResult
    static func remove(_ folder: String, of user: UInt32?) -> Bool {
        // Even when the folder is gone: what left its process group outlives it.
        if let user, geteuid() == 0 { killAll(of: user) }
        let directory = openFolder(folder, in: AT_FDCWD)
        guard directory >= 0 else { return unlink(folder) == 0 || errno == ENOENT }
        defer { close(directory) }
        let end = SystemTime().elapsed + timeLimit
        // Each round removes one level of each folder at the top; the bound is for a file system that refuses.
        var round = 0
        while round < 10_000, SystemTime().elapsed < end, !clear(directory, round: round, until: end) { round += 1 }
        return rmdir(folder) == 0 || errno == ENOENT
    }

    /// A folder, never a link to one, which its maker may have shut: it is opened up before it is opened.
    private static func openFolder(_ name: UnsafePointer<CChar>, in directory: Int32) -> Int32 {
        let flags = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        // O_PATH (linux/fcntl.h) takes no right to the folder itself; changing the mode through /proc then reaches this very
        // folder, whatever its name has become. It fails, and need not succeed, for someone else's.
        let place = openat(directory, name, 0o10000000 | flags)
        guard place >= 0 else { return -1 }
        defer { close(place) }
        chmod("/proc/self/fd/\(place)", 0o700)
        return openat(place, ".", O_RDONLY | flags)
    }

    /// One round.
    /// - Returns: whether the folder is empty, or nothing in it can be removed.
    private static func clear(_ directory: Int32, round: Int, until end: Duration) -> Bool {
        var left = 0
        var changed = 0
        forEachName(in: directory, until: end) { name in
            if unlinkat(directory, name, 0) == 0 || unlinkat(directory, name, AT_REMOVEDIR) == 0 {
                changed += 1
                return
            }
            left += 1
            let inner = openFolder(name, in: directory)
            guard inner >= 0 else { return }
            defer { close(inner) }
            forEachName(in: inner, until: end) { child in
                if unlinkat(inner, child, 0) == 0 || unlinkat(inner, child, AT_REMOVEDIR) == 0
                    || renameat(inner, child, directory, "gepeto-\(round)-\(changed)") == 0
                {
                    changed += 1
                }
            }
        }
        return left == 0 || changed == 0
    }

    private static func forEachName(in directory: Int32, until end: Duration, _ body: (UnsafePointer<CChar>) -> Void) {
        // A description of its own, because readdir moves its place.
        let again = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard again >= 0 else { return }
        guard let listing = fdopendir(again) else {
            close(again)
            return
        }
        defer { closedir(listing) }
        while SystemTime().elapsed < end, let entry = readdir(listing) {
            withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { name in
                    if strcmp(name, ".") != 0, strcmp(name, "..") != 0 { body(name) }
                }
            }
        }
    }

    /// Nobody but extractors of this slot is this user, and the slot's lock is this process's. Again until none is left, for
    /// one may start another before its turn comes; there are at most `ExtractionLimits.processes`.
    private static func killAll(of user: UInt32) {
        var rounds = 0
        while killEach(of: user), rounds < 200 {
            usleep(5_000)
            rounds += 1
        }
    }

    /// - Returns: whether one was alive.
    private static func killEach(of user: UInt32) -> Bool {
        guard let folder = opendir("/proc") else { return false }
        defer { closedir(folder) }
        var found = false
        while let entry = readdir(folder) {
            let name = FileReading.name(of: entry)
            // Not the folder's owner, which is root for a process that changed its user.
            guard let process = pid_t(name), ProcessStatus.words("Uid", of: name).first == "\(user)",
                let state = ProcessStatus.words("State", of: name).first, state != "Z", state != "X",
                // A container's own gepeto has the same users, and locks that are not seen from here.
                ProcessStatus.words("NSpid", of: name).count <= 1
            else { continue }
            found = true
            kill(process, SIGKILL)
        }
        return found
    }
}

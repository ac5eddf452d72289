import Glibc

/// Removes a folder in which someone hostile could write.
///
/// By descriptors and names in them, never by paths, so that no link in the folder leads out of it. Folders inside are
/// brought up to the top instead of being gone down into: neither their depth nor their number costs memory or open files.
enum SandboxRemoval {
    /// Blocking; does nothing when there is no such folder. What cannot be removed stays and is tried at the next chance.
    /// - Parameter user: the slot's own user; what still runs as that user is killed first. nil when nothing can.
    static func remove(_ folder: String, of user: UInt32?) {
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard directory >= 0 else { return }
        defer { close(directory) }
        if let user, geteuid() == 0 { killAll(of: user) }
        // Each round removes one level of each folder at the top; the bound is for a file system that refuses.
        var round = 0
        while round < 10_000, !clear(directory, round: round) { round += 1 }
        rmdir(folder)
    }

    /// One round.
    /// - Returns: whether the folder is empty, or nothing in it can be removed.
    private static func clear(_ directory: Int32, round: Int) -> Bool {
        var left = 0
        var changed = 0
        forEachName(in: directory) { name in
            if unlinkat(directory, name, 0) == 0 || unlinkat(directory, name, AT_REMOVEDIR) == 0 {
                changed += 1
                return
            }
            left += 1
            let inner = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard inner >= 0 else { return }
            defer { close(inner) }
            // Its maker may have shut it.
            fchmod(inner, 0o700)
            forEachName(in: inner) { child in
                if unlinkat(inner, child, 0) == 0 || unlinkat(inner, child, AT_REMOVEDIR) == 0
                    || renameat(inner, child, directory, "gepeto-\(round)-\(changed)") == 0
                {
                    changed += 1
                }
            }
        }
        return left == 0 || changed == 0
    }

    private static func forEachName(in directory: Int32, _ body: (UnsafePointer<CChar>) -> Void) {
        // A description of its own, because readdir moves its place.
        let again = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard again >= 0 else { return }
        guard let listing = fdopendir(again) else {
            close(again)
            return
        }
        defer { closedir(listing) }
        while let entry = readdir(listing) {
            withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { name in
                    if strcmp(name, ".") != 0, strcmp(name, "..") != 0 { body(name) }
                }
            }
        }
    }

    /// Nobody but extractors of this slot is this user.
    private static func killAll(of user: UInt32) {
        guard let folder = opendir("/proc") else { return }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = FileReading.name(of: entry)
            // Not the folder's owner, which is root for a process that changed its user.
            guard let process = pid_t(name), ProcessStatus.words("Uid", of: name).first == "\(user)" else { continue }
            kill(process, SIGKILL)
        }
    }
}

import CLinux
import Glibc

/// What the extractor does to itself before it opens a stranger's file: another user, no network, limits, few system
/// calls, few files. All of it holds for the programs that it starts, and none can be undone.
///
/// The process applies it to itself, first thing and while it has one thread. Done by the parent between fork and exec, it
/// would keep the program from being loaded where the other user, or Landlock, may not read its folder or the Swift
/// runtime's. Nothing of the document has been read by then, so nothing is lost.
package enum Sandbox {
    /// What the extractor is told about missing protection: `required` (default), or `best-effort`, which reads documents
    /// without the filter of system calls, and so perhaps with a network.
    package static let setting = "GEPETO_SANDBOX"

    /// Whether a process without the filter may go on.
    static var isBestEffort: Bool { getenv(setting).map { String(cString: $0) } == "best-effort" }

    /// What came to hold. What does not is for `gepeto doctor` to say.
    package struct Holds: Codable, Sendable, Equatable {
        /// The user that the process now is.
        package var user: UInt32 = 0
        /// Whether no other process has this user.
        package var hasOwnUser = false
        package var hasOwnNetwork = false
        /// The version of Landlock; nil where the kernel has none.
        package var landlock: Int?
        package var hasFilter = false
        /// False in a build with a sanitizer, which maps terabytes.
        package var limitsMemory = false
    }

    /// Why the process must not go on.
    struct Failure: Error { let reason: String }

    /// Enters for good. The current folder is then the one place to write to; its owner is the user to become, when this
    /// process may become another.
    /// - Parameter needsFilter: whether to fail where no filter can be set: nothing else surely keeps sockets away.
    static func enter(limits: ExtractionLimits = .standard, needsFilter: Bool = true) throws(Failure) -> Holds {
        var holds = Holds()
        umask(0o077)
        guard let current = getcwd(nil, 0) else { throw Failure(reason: "there is no current folder") }
        let folder = String(cString: current)
        free(current)

        // CLONE_NEWNET (linux/sched.h): only a loopback device, and that is down. Where it is not allowed, the filter below
        // still refuses every socket.
        holds.hasOwnNetwork = gepeto_unshare(0x4000_0000) == 0
        holds.hasOwnUser = try becomeOwner(of: folder)
        holds.user = geteuid()
        // For a user who gave the program capabilities of its own; they would pass to what it starts.
        _ = gepeto_drop_capabilities()
        do {
            holds.limitsMemory = try limits.applyToThisProcess(sharesUser: !holds.hasOwnUser)
        } catch {
            throw Failure(reason: "its \(error.what) could not be limited")
        }

        guard gepeto_prctl(PR_SET_NO_NEW_PRIVS, 1) == 0 else { throw Failure(reason: "prctl failed") }
        holds.landlock = SandboxFiles.restrict(to: folder)
        holds.hasFilter = SandboxFilter.install()
        guard holds.hasFilter || !needsFilter else { throw Failure(reason: "this system has no seccomp filter for it") }
        // Other processes of the same user may not look into this one's memory. Set now because a change of user sets it
        // too; /proc/<thread>/stat, which libdispatch reads, stays open to all.
        _ = gepeto_prctl(PR_SET_DUMPABLE, 0)
        return holds
    }

    /// - Returns: whether this process is now a user that owns nothing but `folder`.
    private static func becomeOwner(of folder: String) throws(Failure) -> Bool {
        guard geteuid() == 0 else { return false }
        var information = stat()
        guard stat(folder, &information) == 0, information.st_uid != 0 else { return false }
        let user = information.st_uid
        // Groups first: without root's rights they could not be given up any more.
        guard setgroups(0, nil) == 0, setresgid(user, user, user) == 0, setresuid(user, user, user) == 0,
            setuid(0) != 0
        else { throw Failure(reason: "the user could not be changed") }
        return SandboxSlot.users.contains(user)
    }

    /// From now on the end of the parent's thread that started this process is the end of this process and of its group, the
    /// tools it runs. After `enter`: a change of user takes it back (prctl(2)).
    static func endWithParent() throws(Failure) {
        if getpgrp() == getpid() { signal(SIGTERM) { _ in kill(0, SIGKILL) } }
        guard gepeto_prctl(PR_SET_PDEATHSIG, UInt(SIGTERM)) == 0 else { throw Failure(reason: "prctl failed") }
        guard !isAbandoned else { throw Failure(reason: "the parent is gone") }
    }

    /// Keeps other processes of this user, extractors above all, from this process's memory and environment: for a program
    /// that holds secrets. No core is written either.
    package static func hideThisProcess() { _ = gepeto_prctl(PR_SET_DUMPABLE, 0) }

    /// Whether whoever reads this process's output has gone: it may have died before its death was asked to be told.
    private static var isAbandoned: Bool {
        var output = pollfd(fd: 1, events: 0, revents: 0)
        return poll(&output, 1, 0) > 0 && Int32(output.revents) & (POLLERR | POLLNVAL) != 0
    }
}

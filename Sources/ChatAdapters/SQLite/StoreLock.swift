import Glibc
import Support

/// Keeps a second process away from a chat store: `flock(2)` on a file beside it, which ends with the process however
/// that ends.
///
/// Two processes would give out the same event numbers, and each would leave the other's sockets without an answer.
package final class StoreLock: Sendable {
    private let descriptor: Locked<Int32?>

    /// - Throws: `StoreInUse` when another process has the lock.
    package init(path: String) throws {
        // Not for child processes: one that outlives this process must not keep the lock.
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw StoreInUse(path: path, isLocked: false) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw StoreInUse(path: path, isLocked: true)
        }
        self.descriptor = Locked(descriptor)
    }

    deinit { release() }

    package func release() {
        let taken = descriptor.withLock { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
        guard let taken else { return }
        // A child process between its fork and its exec holds a copy of the descriptor: closing ours would not unlock.
        flock(taken, LOCK_UN)
        close(taken)
    }
}

/// The chat store cannot be had for this process alone.
package struct StoreInUse: ExplainedError {
    package let path: String
    /// False when the lock file itself cannot be opened.
    let isLocked: Bool

    package var label: String { isLocked ? "store_in_use" : "store_lock_failed" }

    package var description: String {
        isLocked
            ? "Another gepeto is serving this data folder (\(path) is locked): stop it first, or use another folder."
            : "The lock file \(path) cannot be opened: check that this user may write in its folder."
    }
}

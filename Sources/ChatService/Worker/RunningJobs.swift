import Support

/// The jobs in hand in this process, so that a cancellation reaches them at once.
package final class RunningJobs: Sendable {
    /// One lease in hand.
    final class Entry: Sendable {
        /// Opened when the owner wants no more of it.
        let cancelled = Latch()
        /// Opened when nobody works on it any more.
        let left = Latch()
    }

    private let entries = Locked<[String: Entry]>([:])

    package init() {}

    /// Stops work on a job; another process notices when it renews its lease.
    package func cancel(_ job: String) { entries.withLock { $0[job] }?.cancelled.open() }

    /// Stops work on a job and waits until it has stopped, or the task is cancelled.
    package func stop(_ job: String) async {
        guard let entry = entries.withLock({ $0[job] }) else { return }
        entry.cancelled.open()
        await entry.left.wait()
    }

    /// Whether this process works on the job.
    package func isRunning(_ job: String) -> Bool { entries.withLock { $0[job] != nil } }

    func enter(_ job: String) -> Entry {
        let entry = Entry()
        entries.withLock { $0[job] = entry }
        return entry
    }

    func leave(_ job: String, _ entry: Entry) {
        entries.withLock { entries in
            // A later lease of the same job may have entered meanwhile.
            if entries[job] === entry { entries[job] = nil }
        }
        entry.left.open()
    }
}

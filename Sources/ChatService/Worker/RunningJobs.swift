import Support

/// The jobs in hand in this process, so that a cancellation reaches them at once.
package final class RunningJobs: Sendable {
    private let latches = Locked<[String: Latch]>([:])

    package init() {}

    /// Stops work on a job; another process notices when it renews its lease.
    package func cancel(_ job: String) { latches.withLock { $0[job] }?.open() }

    func enter(_ job: String) -> Latch {
        let latch = Latch()
        latches.withLock { $0[job] = latch }
        return latch
    }

    func leave(_ job: String, _ latch: Latch) {
        latches.withLock { latches in
            // A later lease of the same job may have entered meanwhile.
            if latches[job] === latch { latches[job] = nil }
        }
    }
}

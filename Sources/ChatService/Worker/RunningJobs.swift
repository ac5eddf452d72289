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

    private struct State {
        var entries: [String: Entry] = [:]
        /// Leases in hand: of one job there may be two for a moment.
        var count = 0
        /// Opened when the first job comes, and when the last one has gone.
        var turn = Latch()
    }

    private let state = Locked(State())

    package init() {}

    /// Whether there is any, and what opens when that changes.
    package var business: (isBusy: Bool, turn: Latch) { state.withLock { ($0.count > 0, $0.turn) } }

    /// Stops work on a job; another process notices when it renews its lease.
    package func cancel(_ job: String) { state.withLock { $0.entries[job] }?.cancelled.open() }

    /// Stops work on a job and waits until it has stopped, or the task is cancelled.
    package func stop(_ job: String) async {
        guard let entry = state.withLock({ $0.entries[job] }) else { return }
        entry.cancelled.open()
        await entry.left.wait()
    }

    /// Whether this process works on the job.
    package func isRunning(_ job: String) -> Bool { state.withLock { $0.entries[job] != nil } }

    func enter(_ job: String) -> Entry {
        let entry = Entry()
        let turn = state.withLock { state in
            state.entries[job] = entry
            return Self.count(1, &state)
        }
        turn?.open()
        return entry
    }

    func leave(_ job: String, _ entry: Entry) {
        let turn = state.withLock { state in
            // A later lease of the same job may have entered meanwhile.
            if state.entries[job] === entry { state.entries[job] = nil }
            return Self.count(-1, &state)
        }
        entry.left.open()
        turn?.open()
    }

    /// - Returns: what is to be opened now, if anything.
    private static func count(_ step: Int, _ state: inout State) -> Latch? {
        let wasBusy = state.count > 0
        state.count += step
        guard wasBusy != (state.count > 0) else { return nil }
        defer { state.turn = Latch() }
        return state.turn
    }
}

import CSQLite
import Support

/// Lets another thread stop what a connection is doing.
///
/// `sqlite3_interrupt` stops the running statement only, so the wish is remembered too and looked at before the next.
final class Interruption: Sendable {
    /// The pointer is used under the lock that holds it, for `sqlite3_interrupt` alone, which may be called from any
    /// thread while the connection is open; `forget` takes it away before the connection closes.
    private struct State {
        var database: OpaquePointer?
        var isWanted = false
    }

    private let state = Locked(State())

    func watch(_ database: OpaquePointer) { state.withLock { $0.database = database } }

    func forget() { state.withLock { $0.database = nil } }

    var isWanted: Bool { state.withLock { $0.isWanted } }

    /// Called before a job begins.
    func clear() { state.withLock { $0.isWanted = false } }

    /// Stops the job that runs.
    func interrupt() {
        state.withLock { state in
            state.isWanted = true
            if let database = state.database { sqlite3_interrupt(database) }
        }
    }
}

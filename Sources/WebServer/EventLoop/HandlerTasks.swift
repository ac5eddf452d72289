import Support
import Synchronization

/// The handlers at work, so that the server neither ends before they have nor leaves one behind.
///
/// They are no child tasks, because a loop's thread is no task that could have children. They are held to a lifetime all
/// the same: `waitUntilNone` returns after the last. A request's handler is cancelled by its connection, the work of a
/// socket by `cancelAll`.
final class HandlerTasks: Sendable {
    private struct State {
        var tasks: [Int: Task<Void, Never>] = [:]
        var last = 0
        var isCancelled = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let count = Atomic<Int>(0)
    private let state = Locked(State())

    /// A handler begins; each has its `leave`.
    func enter() { count.add(1, ordering: .relaxed) }

    func leave() {
        guard count.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 else { return }
        let waiters = state.withLock { state in
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Starts work that outlives its connection, on the cooperative pool.
    func start(_ body: @escaping @Sendable () async -> Void) {
        enter()
        state.withLock { state in
            state.last += 1
            let id = state.last
            let task = Task {
                await body()
                self.state.withLock { $0.tasks[id] = nil }
                self.leave()
            }
            state.tasks[id] = task
            if state.isCancelled { task.cancel() }
        }
    }

    /// Cancels the work of all sockets, also of what is yet to start.
    func cancelAll() {
        let tasks = state.withLock { state in
            state.isCancelled = true
            return Array(state.tasks.values)
        }
        for task in tasks { task.cancel() }
    }

    func waitUntilNone() async {
        await withCheckedContinuation { continuation in
            let passes = state.withLock { state in
                if count.load(ordering: .acquiring) == 0 { return true }
                state.waiters.append(continuation)
                return false
            }
            if passes { continuation.resume() }
        }
    }
}

import Support

/// The handlers at work, so that the server neither ends before they have nor leaves one behind.
///
/// They are no child tasks, because a loop's thread is no task that could have children. They are held to a lifetime all
/// the same: `cancelAll` reaches each of them, and `waitUntilNone` returns after the last.
final class HandlerTasks: Sendable {
    private struct State {
        var tasks: [Int: Task<Void, Never>] = [:]
        var last = 0
        var isCancelled = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Locked(State())

    /// Starts a handler on the cooperative pool.
    func start(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        state.withLock { state in
            state.last += 1
            let id = state.last
            let task = Task {
                await body()
                self.end(id)
            }
            state.tasks[id] = task
            if state.isCancelled { task.cancel() }
            return task
        }
    }

    private func end(_ id: Int) {
        let waiters = state.withLock { state in
            state.tasks[id] = nil
            guard state.tasks.isEmpty else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Cancels all that run and all that are yet to start.
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
                if state.tasks.isEmpty { return true }
                state.waiters.append(continuation)
                return false
            }
            if passes { continuation.resume() }
        }
    }
}

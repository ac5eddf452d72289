import Support

/// An account of what was handed to the event loop for a peer and has not been sent yet.
final class Outflow: Sendable {
    private struct State {
        var pending = 0
        var isClosed = false
        var low = 0
        var waiters: [(id: Int, continuation: CheckedContinuation<Void, Never>)] = []
        var lastWaiter = 0
    }

    private let state = Locked(State())

    /// What waits, in bytes.
    var pending: Int { state.withLock { $0.pending } }

    enum Reservation: Sendable { case made, overflow, closed }

    /// Books `count` bytes. When more than `limit` would wait, the account is closed instead: that is told once.
    func reserve(_ count: Int, limit: Int) -> Reservation {
        state.withLock { state in
            guard !state.isClosed else { return .closed }
            guard count <= limit - state.pending else {
                state.isClosed = true
                return .overflow
            }
            state.pending += count
            return .made
        }
    }

    /// Takes `count` bytes off: they were sent or dropped.
    func release(_ count: Int) {
        let waiters = state.withLock { state in
            state.pending -= count
            guard state.pending <= state.low else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiters = [] }
            return state.waiters.map(\.continuation)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Nothing more will be taken.
    /// - Returns: whether it was open until now.
    @discardableResult
    func close() -> Bool {
        let (waiters, wasOpen) = state.withLock { state in
            defer {
                state.waiters = []
                state.isClosed = true
            }
            return (state.waiters.map(\.continuation), !state.isClosed)
        }
        for waiter in waiters { waiter.resume() }
        return wasOpen
    }

    /// Returns at once while no more than `high` bytes wait, else when no more than `low` do.
    /// - Throws: `PeerGone` when the account is closed; `CancellationError`.
    func waitForRoom(high: Int, low: Int) async throws {
        let id = state.withLock { state in
            state.lastWaiter += 1
            state.low = low
            return state.lastWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let passes = state.withLock { state in
                    if state.pending <= high || state.isClosed || Task.isCancelled { return true }
                    state.waiters.append((id, continuation))
                    return false
                }
                if passes { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
                guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
                return state.waiters.remove(at: index).continuation
            }
            waiter?.resume()
        }
        try Task.checkCancellation()
        if state.withLock({ $0.isClosed }) { throw PeerGone() }
    }
}

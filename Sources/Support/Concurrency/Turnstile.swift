/// Lets one task through at a time, in the order in which they came: a lock that may be held over an `await`.
package final class Turnstile: Sendable {
    private struct State {
        var isTaken = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Locked(State())

    package init() {}

    /// Runs `body` when all that came before have left. Waiting ends soon: never hold it over anything unbounded.
    package func pass<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
        if !takesFree() { await waitForTurn() }
        defer { leave() }
        return try await body()
    }

    /// Runs `body` if nobody is inside; nil when somebody is.
    package func passAtOnce<Value>(_ body: () -> Value) -> Value? {
        guard takesFree() else { return nil }
        defer { leave() }
        return body()
    }

    /// The usual case, without a continuation.
    private func takesFree() -> Bool {
        state.withLock { state in
            guard !state.isTaken else { return false }
            state.isTaken = true
            return true
        }
    }

    private func waitForTurn() async {
        await withCheckedContinuation { continuation in
            let passes = state.withLock { state in
                guard state.isTaken else {
                    state.isTaken = true
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if passes { continuation.resume() }
        }
    }

    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.isTaken = false
            return nil
        }
        next?.resume()
    }
}

import Support

/// Wakes waiting workers, one for each job that arrived; what arrived while nobody waited is remembered.
final class WorkSignal: Sendable {
    private struct State {
        var permits = 0
        var nextID = 0
        var waiting: [(id: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    /// Remembered arrivals; more than that many workers never wait.
    private static let mostPermits = 1_000

    private let state = Locked(State())

    func arrive() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst().continuation }
            state.permits = min(state.permits + 1, Self.mostPermits)
            return nil
        }
        waiter?.resume()
    }

    /// Returns after an arrival, after `patience`, or when the task is cancelled.
    func wait(within patience: Duration, time: any TimeSource) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait() }
            // Cancellation ends the sleep early; then the waiting is over as well.
            group.addTask { try? await time.sleep(for: patience) }
            await group.next()
            group.cancelAll()
        }
    }

    private func wait() async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let passes = state.withLock { state in
                    if Task.isCancelled { return true }
                    if state.permits > 0 {
                        state.permits -= 1
                        return true
                    }
                    state.waiting.append((id, continuation))
                    return false
                }
                if passes { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
                guard let index = state.waiting.firstIndex(where: { $0.id == id }) else { return nil }
                return state.waiting.remove(at: index).continuation
            }
            waiter?.resume()
        }
    }
}

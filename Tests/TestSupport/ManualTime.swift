import Support

/// A clock that moves only when a test winds it: nothing in a test waits for real time.
package final class ManualTime: TimeSource {
    private struct Sleeper {
        let until: Duration
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now: Timestamp
        var steady: Timestamp
        var elapsed: Duration = .zero
        var nextID = 0
        var sleepers: [Int: Sleeper] = [:]
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state: Locked<State>
    /// Names the machine's start; nil for a clock that no other process can read.
    private let boot: String?

    package init(now: Timestamp = Timestamp(milliseconds: 1_733_788_120_000), boot: String? = nil) {
        self.boot = boot
        state = Locked(State(now: now, steady: now))
    }

    package var now: Timestamp { state.withLock { $0.now } }
    package var steady: Timestamp { state.withLock { $0.steady } }
    package var uptime: Uptime? { boot.map { Uptime(boot: $0, duration: elapsed) } }
    package var elapsed: Duration { state.withLock { $0.elapsed } }
    /// Tasks asleep at this moment.
    package var sleepers: Int { state.withLock { $0.sleepers.count } }

    package func sleep(for duration: Duration) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (result, watchers) = state.withLock {
                    state -> (Result<Void, any Error>?, [CheckedContinuation<Void, Never>]) in
                    if Task.isCancelled { return (.failure(CancellationError()), []) }
                    if duration <= .zero { return (.success(()), []) }
                    state.sleepers[id] = Sleeper(until: state.elapsed + duration, continuation: continuation)
                    let ready = state.watchers.filter { $0.count <= state.sleepers.count }
                    state.watchers.removeAll { $0.count <= state.sleepers.count }
                    return (nil, ready.map(\.continuation))
                }
                if let result { continuation.resume(with: result) }
                for watcher in watchers { watcher.resume() }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Winds the clock on and wakes whoever slept until then.
    package func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.elapsed += duration
            state.now = state.now + duration
            state.steady = state.steady + duration
            let due = state.sleepers.filter { $0.value.until <= state.elapsed }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.sorted { $0.until < $1.until }
        }
        for sleeper in woken { sleeper.continuation.resume() }
    }

    /// Sets the wall clock by `duration`, which may be negative, as an administrator or NTP does: no time passes.
    package func setWallClock(by duration: Duration) { state.withLock { $0.now = $0.now + duration } }

    /// Starts the steady clock anew from the wall clock, as the next process does.
    package func restart() { state.withLock { $0.steady = $0.now } }

    /// Returns when at least `count` tasks are asleep.
    package func untilSleeping(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                guard state.sleepers.count < count else { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if isReady { continuation.resume() }
        }
    }
}

import Support
import TestSupport

/// The time of a run, wound by its driver, with a wall clock that can be set.
final class WorldClock: Sendable {
    private let time = ManualTime()
    private let skew = Locked(Duration.zero)

    var elapsed: Duration { time.elapsed }
    var wall: Timestamp { time.now + skew.withLock { $0 } }

    func sleep(for duration: Duration) async throws { try await time.sleep(for: duration) }
    func advance(by duration: Duration) { time.advance(by: duration) }
    /// Sets the wall clock, as an administrator or NTP does: no time passes.
    func setWall(by duration: Duration) { skew.withLock { $0 += duration } }
}

/// The clocks as one process sees them: its steady time begins with the wall clock of its start. All run on one machine.
final class ProcessClock: TimeSource {
    private let world: WorldClock
    private let freezer: Freezer
    private let start: Timestamp
    private let startElapsed: Duration

    init(_ world: WorldClock, freezer: Freezer = Freezer()) {
        self.world = world
        self.freezer = freezer
        start = world.wall
        startElapsed = world.elapsed
    }

    var now: Timestamp { world.wall }
    var steady: Timestamp { start + (world.elapsed - startElapsed) }
    var uptime: Uptime? { Uptime(boot: "the only one", duration: world.elapsed) }
    var elapsed: Duration { world.elapsed }

    func sleep(for duration: Duration) async throws {
        try await world.sleep(for: duration)
        await freezer.pass()
    }
}

/// SIGSTOP and SIGCONT for the tasks that pass here.
final class Freezer: Sendable {
    private struct State {
        var isFrozen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Locked(State())

    var isFrozen: Bool { state.withLock { $0.isFrozen } }

    func freeze() { state.withLock { $0.isFrozen = true } }

    func thaw() {
        let waiting = state.withLock { state in
            state.isFrozen = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiter in waiting { waiter.resume() }
    }

    /// Returns when nothing is frozen. Cancelling does not help: a stopped process does not hear of it either.
    func pass() async {
        await withCheckedContinuation { continuation in
            let passes = state.withLock { state in
                if state.isFrozen { state.waiting.append(continuation) }
                return !state.isFrozen
            }
            if passes { continuation.resume() }
        }
    }
}

import ChatService
import Support
import TestSupport

/// A run: students ask while a driver winds the clock and breaks things, until every question has ended.
final class FaultRun: Sendable {
    /// What was done to the service, for the report.
    struct Harm: Sendable, Equatable {
        var kills = 0
        var stops = 0
        var fullDisks = 0
        var clockChanges = 0
        var cuts = 0
        /// Of providers.
        var calls = 0
        /// Of workers that were stopped for longer than their lease.
        var lateOutcomes = 0
    }

    private struct State {
        var process: ServerProcess?
        var waiting: [CheckedContinuation<ServerProcess, Never>] = []
        var harm = Harm()
    }

    let setting: RunSetting
    let recorder: Recorder
    private let state = Locked(State())

    private init(_ setting: RunSetting) {
        self.setting = setting
        var chronicle = Chronicle()
        chronicle.deadline = setting.limits.deadline
        recorder = Recorder(chronicle)
    }

    /// The process that is alive, or the next one.
    func process() async -> ServerProcess {
        await withCheckedContinuation { continuation in
            let process = state.withLock { state in
                if state.process == nil { state.waiting.append(continuation) }
                return state.process
            }
            if let process { continuation.resume(returning: process) }
        }
    }

    func noteCut() { state.withLock { $0.harm.cuts += 1 } }

    /// Runs until everything has ended, or has had more time than it may take.
    static func run(seed: UInt64, students: Int = 6, questions: Int = 5) async throws -> (Chronicle, Harm) {
        let setting = try await RunSetting(seed: seed)
        let run = FaultRun(setting)
        var numbers = LinearCongruential(seed: seed)
        let death = ServerProcess.Death.allCases[Int(seed % 2)]
        run.start(try await ServerProcess(1, setting, folder: try .inMemory(), death: death))
        let everybody = (0..<students).map { Student($0, of: run) }
        let readers = everybody.map { student in Task { await student.live(questions: questions) } }
        try await run.drive(everybody, death, &numbers)
        for reader in readers { reader.cancel() }
        let last = await run.process()
        await last.end()
        // A sleeper that was not cancelled would keep a student for ever.
        for reader in readers { await reader.value }
        let ledger = try await last.ledger()
        await last.store.close()
        run.recorder.note { $0.ledger = ledger }
        var harm = run.state.withLock { $0.harm }
        (harm.calls, harm.lateOutcomes) = (setting.calls.total, setting.refusedOutcomes.withLock { $0 })
        return (run.recorder.chronicle, harm)
    }

    private func start(_ process: ServerProcess) {
        let waiting = state.withLock { state in
            defer { (state.process, state.waiting) = (process, []) }
            return state.waiting
        }
        for waiter in waiting { waiter.resume(returning: process) }
    }

    // MARK: The driver

    private static let faultyTime = Duration.seconds(30)

    private func drive(
        _ students: [Student], _ death: ServerProcess.Death, _ numbers: inout LinearCongruential
    ) async throws {
        let world = setting.world
        var nextFault = Duration.milliseconds(Int.random(in: 200...3_000, using: &numbers))
        // From the last question on, everything has to end within its deadline; the rest is for what is held up.
        let patience = Self.faultyTime * 2 + setting.limits.deadline * 2
        var endings: [(at: Duration, what: @Sendable (ServerProcess) async -> Void)] = []
        var quietUntil: Duration?
        while world.elapsed < patience {
            await step(&numbers)
            let process = await process()
            let now = world.elapsed
            for ending in endings where ending.at <= now { await ending.what(process) }
            endings.removeAll { $0.at <= now }
            if now >= nextFault, now < Self.faultyTime {
                if let ending = try await harm(process, death, &numbers) { endings.append(ending) }
                nextFault = now + .milliseconds(Int.random(in: 300...5_000, using: &numbers))
            }
            guard now >= Self.faultyTime, students.allSatisfy(\.isDone) else { continue }
            guard try await process.store.depth() == 0, try await process.store.unpublished(limit: 1).isEmpty else {
                quietUntil = nil
                continue
            }
            // Whoever was stopped may still want to say something.
            let end = quietUntil ?? now + setting.parameters.visibility
            quietUntil = end
            if now >= end { return }
        }
    }

    /// Lets all who can go on do a little, and some time pass: as much work as a transaction takes, and a round through
    /// all tasks that are ready.
    private func step(_ numbers: inout LinearCongruential) async {
        let process = await process()
        await process.takeTurn()
        for _ in 0..<3 { await Task.yield() }
        setting.world.advance(by: .milliseconds(Int.random(in: 1...60, using: &numbers)))
    }

    /// One fault, and when it ends.
    private func harm(
        _ process: ServerProcess, _ death: ServerProcess.Death, _ numbers: inout LinearCongruential
    ) async throws -> (at: Duration, what: @Sendable (ServerProcess) async -> Void)? {
        let now = setting.world.elapsed
        let length = Duration.milliseconds(Int.random(in: 500...9_000, using: &numbers))
        switch Int.random(in: 0..<10, using: &numbers) {
        case 0..<3:
            state.withLock { state in
                state.process = nil
                state.harm.kills += 1
            }
            let heir = try await process.kill(recorder, &numbers)
            setting.world.advance(by: .milliseconds(Int.random(in: 0...3_000, using: &numbers)))
            start(try await ServerProcess(process.number + 1, setting, folder: heir, death: death))
            await process.store.close()
            return nil
        case 3..<6:
            process.freezer.freeze()
            state.withLock { $0.harm.stops += 1 }
            // Mostly longer than a lease.
            return (now + length + length, { _ in process.freezer.thaw() })
        case 6..<8:
            await process.setDiskFull(true)
            state.withLock { $0.harm.fullDisks += 1 }
            return (now + length, { _ in await process.setDiskFull(false) })
        default:
            let minutes = Int.random(in: 1...60, using: &numbers)
            let change = Duration.seconds(60 * minutes) * (Bool.random(using: &numbers) ? 1 : -1)
            let world = setting.world
            world.setWall(by: change)
            state.withLock { $0.harm.clockChanges += 1 }
            return (now + length, { _ in world.setWall(by: .zero - change) })
        }
    }
}

import ChatService
import FoundationEssentials
import Glibc
import LLM
import Support
import TestSupport

@testable import ChatAdapters

/// What a process of a run has: the store over a folder of its own, a worker that can be stopped, another one, and the
/// sweeper. Killing it leaves the files as they are at that moment, and nothing else.
final class ServerProcess: Sendable {
    /// How the files stand when the process is killed.
    enum Death: Sendable, CaseIterable {
        /// Between two transactions; the log is checkpointed now and then.
        case betweenCommits
        /// In the middle of writing, at any byte; the log is never checkpointed, so that it only grows.
        case anywhere
    }

    let number: Int
    let store: SQLiteChatStore
    let running = RunningJobs()
    let publisher: TerminalPublisher
    /// Stops one of the two workers.
    let freezer = Freezer()
    /// Opened when the process is killed.
    let died = Latch()
    private let death: Death
    private let folder: TemporaryFolder
    private let world: WorldClock
    private let tasks = Locked<[Task<Void, any Error>]>([])
    private let workers: [Worker]
    private let sweeper: Sweeper

    /// Starts a process.
    /// - Parameter folder: what another process left.
    init(_ number: Int, _ setting: RunSetting, folder: TemporaryFolder, death: Death) async throws {
        self.number = number
        self.folder = folder
        self.death = death
        world = setting.world
        // Few sessions in memory, so that some are put away and loaded anew.
        let store = try SQLiteChatStore(
            path: folder.file(Self.file), limits: setting.limits, sessionsInMemory: 4,
            time: ProcessClock(setting.world))
        self.store = store
        publisher = TerminalPublisher(ledger: store, sessions: store, log: .silent)
        let freezer = freezer
        let clock = store.time
        let frozen = ProcessClock(setting.world, freezer: freezer)
        let stopped: any TimeSource =
            if let origin = ContinuedTime.origin(of: clock) { ContinuedTime(frozen, origin: origin) } else { frozen }
        let other = RunningJobs()
        workers = [
            Worker(
                queue: StoppableQueue(queue: store, freezer: freezer),
                ledger: StoppableLedger(ledger: store, freezer: freezer, refused: setting.refusedOutcomes),
                history: store, sessions: store,
                answering: setting.answerer(time: stopped, freezer: freezer), running: other,
                parameters: setting.parameters, time: stopped, log: .silent),
            Worker(
                queue: store, ledger: store, history: store, sessions: store,
                answering: setting.answerer(time: clock, freezer: Freezer()), running: running,
                parameters: setting.parameters, time: clock, log: .silent),
        ]
        sweeper = Sweeper(
            ledger: store, sessions: store, retention: store, running: running, time: clock, log: .silent)
        let pages = death == .anywhere ? 0 : 20
        try await store.database.write { try $0.execute("PRAGMA wal_autocheckpoint = \(pages)") }
        let services: [any Service] = workers + [sweeper]
        tasks.withLock { $0 = services.map { service in Task { try await service.run() } } }
    }

    private static let file = "gepeto.sqlite"

    /// The disk has no room for another page, or has again.
    func setDiskFull(_ isFull: Bool) async {
        // Refused by a process that is gone, which is well.
        try? await store.database.write { connection in
            let pages = try connection.row("PRAGMA page_count", [], { $0.int64(0) }) ?? 0
            try connection.execute("PRAGMA max_page_count = \(isFull ? pages : 1 << 30)")
        }
    }

    /// Returns when all that waited to be written has been.
    func takeTurn() async {
        // Refused by a full disk or not: the turn is taken.
        try? await store.database.write { _ in }
    }

    /// SIGKILL: returns a folder with the files as they are then.
    func kill(_ recorder: Recorder, _ numbers: inout LinearCongruential) async throws -> TemporaryFolder {
        let heir = try TemporaryFolder.inMemory()
        let (file, log) = (folder.file(Self.file), folder.file(Self.file + "-wal"))
        // All that anybody has seen by now is in these bytes.
        let seen = recorder.kill(number) { Self.size(log) }
        died.open()
        switch death {
        case .betweenCommits:
            // A commit that fails for want of room would fail the copying beside it.
            await setDiskFull(false)
            let heirFile = heir.file(Self.file)
            try await store.database.write { _ in
                try Self.copy(file, to: heirFile)
                try Self.copy(log, to: heirFile + "-wal")
            }
        case .anywhere:
            for _ in 0..<Int.random(in: 0...20, using: &numbers) { await Task.yield() }
            let written = Self.size(log)
            try Self.copy(file, to: heir.file(Self.file))
            try Self.copy(log, to: heir.file(Self.file + "-wal"))
            let cut = Int.random(in: min(seen, written)...written, using: &numbers)
            truncate(heir.file(Self.file + "-wal"), off_t(cut))
        }
        await end()
        return heir
    }

    /// Lets the tasks go, without waiting for a job in hand.
    func end() async {
        freezer.thaw()
        let tasks = tasks.withLock { tasks in
            defer { tasks = [] }
            return tasks
        }
        for worker in workers { await worker.shutDown() }
        await sweeper.shutDown()
        for task in tasks { task.cancel() }
        for task in tasks { _ = await task.result }
    }

    private static func size(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    private static func copy(_ path: String, to other: String) throws {
        try FileManager.default.copyItem(atPath: path, toPath: other)
    }
}

extension TemporaryFolder {
    /// A folder in memory where there is one: what is tested is which bytes are written, not when they reach a disk.
    static func inMemory() throws -> TemporaryFolder {
        access("/dev/shm", W_OK) == 0 ? try TemporaryFolder(in: "/dev/shm") : try TemporaryFolder()
    }
}

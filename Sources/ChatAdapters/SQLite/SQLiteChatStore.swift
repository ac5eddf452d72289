import ChatService
import SQLite
import Support

/// Conversations, jobs and sessions in one SQLite file, `gepeto.sqlite`, for one process at a time.
///
/// One class behind several ports, because a question, its job and its first event are one transaction. The port
/// methods stand in extensions, one file a port.
package final class SQLiteChatStore: Sendable {
    /// Sessions in memory.
    static let mostSessions = 1_024
    /// Between two trials of `check`.
    static let trialInterval = Duration.seconds(5)

    let database: ConnectionPool
    let limits: JobLimits
    /// How long a conversation is kept that nobody uses; nil for ever.
    let retention: Duration?
    /// The clocks by which the file is written: whoever works on its jobs must go by them.
    package let time: any TimeSource
    let hub: SessionHub
    let log: Log
    private let questionArrivals = WorkSignal()
    private let documentArrivals = WorkSignal()
    private let lock = Locked<StoreLock?>(nil)
    /// When a write was last tried, and whether it went well; the file was written to when it was opened.
    private let trial = Locked<(at: Duration?, isWritable: Bool)>((nil, true))

    /// Opens the file, making it when there is none, and gives jobs that a killed process had in hand back to the queue;
    /// those tries count. Blocks while it does.
    /// - Throws: `SQLiteError`; `StoreInUse` when another process has the file.
    package init(
        path: String, limits: JobLimits = JobLimits(), retention: Duration? = nil,
        sessionsInMemory: Int = SQLiteChatStore.mostSessions,
        time: any TimeSource = SystemTime(), log: Log = .silent
    ) throws {
        let lock = lock
        let clock = Locked(time)
        database = try ConnectionPool(
            path: path, durability: .full, migrations: ChatSchema.migrations, applicationID: ChatSchema.applicationID
        ) { connection in
            let taken = try StoreLock(path: path + ".lock")
            lock.withLock { $0 = taken }
            let time = try SteadyClock.take(time, connection)
            clock.withLock { $0 = time }
            try JobLine(connection, limits: limits, time: time).restore()
            try connection.run("UPDATE document SET state = 'queued' WHERE state NOT IN ('failed', 'queued')", [])
        }
        self.limits = limits
        self.retention = retention
        self.log = log
        self.time = clock.withLock { $0 }
        hub = SessionHub(capacity: sessionsInMemory)
    }

    /// Reads, and tries a write that changes nothing, for readiness.
    ///
    /// The write is committed: one that is rolled back never reaches the write-ahead log, so that a full disk would not
    /// show. It costs a page and a sync; hence one in `trialInterval` at most, whose outcome holds until the next.
    /// - Returns: whether the file can be written to.
    /// - Throws: when the file cannot be read.
    package func check() async throws -> Bool {
        _ = try await database.read { try $0.row("SELECT count(*) FROM sqlite_schema", [], { $0.int(0) }) }
        let now = time.elapsed
        let isDue = trial.withLock { trial in
            if let last = trial.at, now - last < Self.trialInterval { return false }
            trial.at = now
            return true
        }
        guard isDue else { return trial.withLock { $0.isWritable } }
        let isWritable: Bool
        do {
            // Writes the first page, with the number that stands there already.
            try await database.write { try $0.execute("PRAGMA application_id = \(ChatSchema.applicationID)") }
            isWritable = true
        } catch is SQLiteError {
            isWritable = false
        }
        trial.withLock { $0.isWritable = isWritable }
        return isWritable
    }

    /// Whether the backlog takes another question.
    package func hasRoom() async throws -> Bool {
        try await database.read { try JobLine.open(.question, $0) } < limits.backlog
    }

    /// The line of jobs, for one transaction.
    func line(_ connection: Connection) -> JobLine { JobLine(connection, limits: limits, time: time) }

    /// Wakes the workers of that kind of jobs.
    func arrivals(_ kind: JobKind) -> WorkSignal { kind == .question ? questionArrivals : documentArrivals }

    /// Wakes a worker for each question that stepped into the line.
    func wake(forQuestions count: Int) {
        for _ in 0..<count { questionArrivals.arrive() }
    }

    /// What was written, and in how many transactions.
    package var writeFigures: WriteFigures { database.writeFigures }

    /// Finishes what was handed in and closes the file.
    package func close() async {
        await database.close()
        lock.withLock { $0 = nil }
    }
}

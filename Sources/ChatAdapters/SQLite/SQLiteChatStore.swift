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

    let database: ConnectionPool
    let limits: JobLimits
    let time: any TimeSource
    let hub: SessionHub
    let arrivals = WorkSignal()
    private let lock = Locked<StoreLock?>(nil)

    /// Opens the file, making it when there is none, and gives jobs that a killed process had in hand back to the queue;
    /// those tries count. Blocks while it does.
    /// - Throws: `SQLiteError`; `StoreInUse` when another process has the file.
    package init(
        path: String, limits: JobLimits = JobLimits(), sessionsInMemory: Int = SQLiteChatStore.mostSessions,
        time: any TimeSource = SystemTime()
    ) throws {
        let (lock, now) = (lock, time.now)
        database = try ConnectionPool(
            path: path, durability: .full, migrations: ChatSchema.migrations, applicationID: ChatSchema.applicationID
        ) { connection in
            let taken = try StoreLock(path: path + ".lock")
            lock.withLock { $0 = taken }
            // Alone with the file: whoever had a lease is gone.
            try connection.run(
                "UPDATE job SET state = 'waiting', lease_token = NULL, due_at = ? WHERE state = 'leased'",
                [SQLValue(now)])
        }
        self.limits = limits
        self.time = time
        hub = SessionHub(capacity: sessionsInMemory)
    }

    /// Whether the file can be read and written to, for readiness.
    package func check() async throws {
        _ = try await database.read { try $0.row("SELECT count(*) FROM sqlite_schema", [], { $0.int(0) }) }
    }

    /// Finishes what was handed in and closes the file.
    package func close() async {
        await database.close()
        lock.withLock { $0 = nil }
    }
}

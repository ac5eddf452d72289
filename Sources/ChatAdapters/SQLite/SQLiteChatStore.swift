import ChatService
import SQLite
import Support

/// Conversations, jobs and sessions in one SQLite file, `gepeto.sqlite`, for the processes of one machine.
///
/// One class behind several ports, because a question, its job and its first event are one transaction. The port
/// methods stand in extensions, one file a port. Numbers of events are given out by one process only: one process
/// uses the file at a time.
package final class SQLiteChatStore: Sendable {
    /// Sessions in memory.
    static let mostSessions = 1_024

    let database: ConnectionPool
    let limits: JobLimits
    let time: any TimeSource
    let hub: SessionHub
    let arrivals = WorkSignal()

    /// Opens the file, making it when there is none. Blocks while it does.
    /// - Throws: `SQLiteError`.
    package init(
        path: String, limits: JobLimits = JobLimits(), sessionsInMemory: Int = SQLiteChatStore.mostSessions,
        time: any TimeSource = SystemTime()
    ) throws {
        database = try ConnectionPool(
            path: path, durability: .full, migrations: ChatSchema.migrations, applicationID: ChatSchema.applicationID)
        self.limits = limits
        self.time = time
        hub = SessionHub(capacity: sessionsInMemory)
    }

    /// Whether the file can be read and written to, for readiness.
    package func check() async throws {
        _ = try await database.read { try $0.row("SELECT count(*) FROM sqlite_schema", [], { $0.int(0) }) }
    }

    /// Finishes what was handed in and closes the file.
    package func close() async { await database.close() }
}

import ChatService
import SQLite
import Support

/// The dead letters of a chat store, for administration: also while a server works with the file, and without taking it
/// from one that is about to start.
///
/// Each call opens the file and closes it again. Events are numbered by the server alone, so a redrive from here tells
/// the session nothing by itself: the server finds the new job when it next looks for work.
package struct SQLiteDeadLetters: DeadLetters {
    private let path: String
    private let limits: JobLimits
    private let time: any TimeSource

    /// - Parameter path: of a file that is there.
    package init(path: String, limits: JobLimits = JobLimits(), time: any TimeSource = SystemTime()) {
        self.path = path
        self.limits = limits
        self.time = time
    }

    package func deadLetters(
        of courses: Set<CourseID>?, after cursor: PageCursor?, limit: Int
    ) async throws -> Page<DeadLetter> {
        try await read { try DeadLetterTable.page(of: courses, after: cursor, limit: limit, $0) }
    }

    package func deadLetter(_ id: String) async throws -> DeadLetter? {
        try await read { try DeadLetterTable.letter(id, $0) }
    }

    package func redrive(_ id: String) async throws -> Accepted {
        let jobID = RandomIdentifier.make(at: time.now)
        return try await write { [limits, time] in
            let time = try SteadyClock.read(time, $0)
            return try DeadLetterTable.redrive(id, as: jobID, JobLine($0, limits: limits, time: time))
        }
    }

    package func purge(_ ids: [String]?, diedBefore: Timestamp?) async throws -> Int {
        try await write { try DeadLetterTable.purge(ids, diedBefore: diedBefore, $0) }
    }

    private func read<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
        try await ConnectionPool.aside(
            path: path, migrations: ChatSchema.migrations, applicationID: ChatSchema.applicationID,
            mustBeCurrent: true, body)
    }

    private func write<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value
    {
        try await ConnectionPool.writeAside(
            path: path, migrations: ChatSchema.migrations, applicationID: ChatSchema.applicationID, body)
    }
}

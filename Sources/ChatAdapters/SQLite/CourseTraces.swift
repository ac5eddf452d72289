import ChatService
import SQLite
import Support

/// What the questions of a course leave beside the conversations: another course of its name must begin without them.
enum CourseTraces {
    /// Rows deleted at once, so that nobody waits long for the writer.
    static let portion = 5_000

    /// Ends the course's open questions and forgets its dead letters, each with what a student wrote.
    /// - Returns: the jobs that were ended by it, and how many questions of other courses stepped into the line for them.
    static func end(in course: CourseID, _ line: JobLine) throws -> (ended: [String], next: Int) {
        let name = SQLValue(course.name)
        // The youngest first, so that none of them steps in for the one before it.
        let open = try line.connection.rows(
            "SELECT id, tries FROM job WHERE is_open = 1 AND kind = 'question' AND course = ? ORDER BY number DESC",
            [name]
        ) { (id: $0.text(0), tries: $0.int(1)) }
        var next = 0
        for job in open {
            next += try SQLiteChatStore.fail(job: job.id, tries: job.tries, JobFailure(.courseUnavailable), line) ?? 0
        }
        try line.connection.run("DELETE FROM dead_letter WHERE job_id IN (SELECT id FROM job WHERE course = ?)", [name])
        return (open.map(\.id), next)
    }

    /// Forgets a portion of what its questions cost and counted.
    /// - Returns: whether there is more.
    static func forgetUsage(of course: CourseID, _ connection: Connection) throws -> Bool {
        try connection.run(
            "DELETE FROM usage WHERE job_id IN (SELECT job_id FROM usage WHERE course = ? LIMIT ?)",
            [SQLValue(course.name), SQLValue(portion)]) == portion
    }
}

/// The same for administration: also while a server works with the file, which tells who waits for an answer.
package struct SQLiteCourseTraces: Sendable {
    private let path: String
    private let limits: JobLimits
    private let time: any TimeSource

    /// - Parameter path: of a file that is there.
    package init(path: String, limits: JobLimits = JobLimits(), time: any TimeSource = SystemTime()) {
        self.path = path
        self.limits = limits
        self.time = time
    }

    /// Forgets all of a course that is deleted, its insights too.
    package func forget(_ course: CourseID) async throws {
        try await write { [limits, time] in
            let time = try SteadyClock.read(time, $0)
            _ = try CourseTraces.end(in: course, JobLine($0, limits: limits, time: time))
        }
        while try await write({ try CourseTraces.forgetUsage(of: course, $0) }) {}
        try await SQLiteInsights(path: path).removeInsights(of: course)
    }

    private func write<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value
    {
        try await ConnectionPool.writeAside(
            path: path, migrations: ChatSchema.migrations, applicationID: ChatSchema.applicationID, body)
    }
}

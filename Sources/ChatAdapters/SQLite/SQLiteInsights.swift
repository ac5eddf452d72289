import ChatService
import SQLite
import Support

/// The insights of a chat store, for administration: also while a server works with the file, and without taking it from
/// one that is about to start. Each call opens the file and closes it again.
package struct SQLiteInsights: Insights {
    private let path: String

    /// - Parameter path: of a file that is there.
    package init(path: String) { self.path = path }

    package func days(_ days: ClosedRange<Int>, of course: CourseID) async throws -> [DayFigures] {
        try await read { try InsightTable.days(days, of: course, $0) }
    }

    package func gaps(
        in course: CourseID, since start: Timestamp, limit: Int, reader: UserID?
    ) async throws -> [Gap] {
        try await read { try InsightTable.gaps(in: course, since: start, limit: limit, reader: reader, $0) }
    }

    package func setTopics(_ topics: [String: String], in course: CourseID) async throws {
        try await write { try InsightTable.setTopics(topics, in: course, $0) }
    }

    package func topicAnswers(in course: CourseID) async throws -> [String: TopicAnswer] {
        try await read { try InsightTable.topicAnswers(in: course, $0) }
    }

    package func setAnswer(_ answer: TopicAnswer, toTopic id: String, in course: CourseID) async throws {
        try await write { try InsightTable.setAnswer(answer, toTopic: id, in: course, $0) }
    }

    package func removeInsights(of course: CourseID) async throws {
        try await write { try InsightTable.removeAll(of: course, $0) }
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

import ChatService
import SQLite
import Support

extension SQLiteChatStore: Insights {
    package func days(_ days: ClosedRange<Int>, of course: CourseID) async throws -> [DayFigures] {
        try await database.read { try InsightTable.days(days, of: course, $0) }
    }

    package func gaps(
        in course: CourseID, since start: Timestamp, limit: Int, reader: UserID?
    ) async throws -> [Gap] {
        try await database.read { try InsightTable.gaps(in: course, since: start, limit: limit, reader: reader, $0) }
    }

    package func setTopics(_ topics: [String: String], in course: CourseID) async throws {
        try await database.write { try InsightTable.setTopics(topics, in: course, $0) }
    }

    package func topicAnswers(in course: CourseID) async throws -> [String: TopicAnswer] {
        try await database.read { try InsightTable.topicAnswers(in: course, $0) }
    }

    package func setAnswer(_ answer: TopicAnswer, toTopic id: String, in course: CourseID) async throws {
        try await database.write { try InsightTable.setAnswer(answer, toTopic: id, in: course, $0) }
    }

    package func removeInsights(of course: CourseID) async throws {
        try await database.write { try InsightTable.removeAll(of: course, $0) }
    }
}

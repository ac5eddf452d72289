import AWS
import ChatService
import Support

extension CloudChatStore: UsageRecord {
    /// Questions of one user that are counted: more than any policy allows.
    private static let mostCounted = 100_000
    /// Hours of a course that are summed: ten years.
    private static let mostHours = 90_000

    package func counts(of user: UserID, in course: CourseID, _ filters: [UsageFilter]) async throws -> [Int] {
        var counts: [Int] = []
        for filter in filters {
            let query = UsageItems.query(filter, of: user, in: course)
            counts.append(
                try await table.first(Self.mostCounted, query) { UsageItems.isCounted($0, filter) }.count)
        }
        return counts
    }

    /// The answers of the first hour, which only counts in part, one by one; then whole hours.
    package func cost(of course: CourseID, since moment: Timestamp) async throws -> Double {
        let hour = ChatKey.hour(moment)
        let end = Timestamp(milliseconds: (hour + 1) * 3_600_000 - 1)
        let costs = ChatKey.costs(course.name)
        let first = ItemQuery(
            costs,
            .between(
                ChatKey.costOf + ChatKey.text(moment + .milliseconds(1)), ChatKey.costOf + ChatKey.text(end) + "~"))
        let hours = ItemQuery(costs, .between(ChatKey.costIn + ChatKey.padded(hour + 1), ChatKey.costIn + "~"))
        let found =
            try await table.first(Self.mostCounted, first) + (try await table.first(Self.mostHours, hours))
        return found.reduce(0) { $0 + ($1.double("cost") ?? 0) }
    }
}

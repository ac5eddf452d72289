import AWS
import ChatService
import Support

extension CloudChatStore {
    /// Items deleted in one transaction.
    private static let portion = 50
    /// Open jobs, and dead letters, that one call looks at.
    private static let mostLooked = 20_000

    /// What single users have asked in the course stays counted in their own partitions, which no index leads to from the
    /// course, for `UsageItems.age`: in another course of its name a budget may have been used already.
    package func erase(_ course: CourseID) async throws -> [String] {
        var ended: [String] = []
        for shard in 0..<ChatKey.shards {
            let query = ItemQuery(ChatKey.watch(shard)).index
            let jobs = try await table.all(try await table.first(Self.mostLooked, query).map(\.key))
            // The youngest first, so that none of them steps in for the one before it.
            let own = try jobs.values.map { try JobItem($0) }.filter {
                $0.course == course.name && $0.kind == .question
            }
            for job in own.sorted(by: { $0.acceptedAt > $1.acceptedAt })
            where try await end(job: job.id, with: JobFailure(.courseUnavailable)) { ended.append(job.id) }
        }
        let letters = try await table.first(Self.mostLooked, ItemQuery(ChatKey.letters)) {
            $0.text("course") == course.name
        }
        try await delete(letters)
        while true {
            let costs = try await table.first(Self.mostLooked, ItemQuery(ChatKey.costs(course.name)))
            if costs.isEmpty { break }
            try await delete(costs)
        }
        return ended
    }

    private func delete(_ items: [Item]) async throws {
        for start in stride(from: 0, to: items.count, by: Self.portion) {
            let portion = items[start..<min(start + Self.portion, items.count)]
            try await change { transaction in for item in portion { transaction.delete(item.key) } }
        }
    }
}

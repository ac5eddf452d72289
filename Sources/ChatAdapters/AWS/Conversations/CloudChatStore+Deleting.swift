import AWS
import ChatService
import Support

/// Deleting a conversation for good: however many messages it has, in steps that another process goes on with when this one
/// ends in between (`prune`). From the first step on nobody sees it.
extension CloudChatStore {
    /// Messages deleted in one transaction with what belongs to them: eight items each at most, two of them of up to 400 KB;
    /// a transaction takes 100 items and 4 MB.
    private static let portion = 4

    package func delete(_ id: String, user: UserID) async throws -> [String]? {
        let isFound = try await change { transaction in
            guard let found = try await transaction.conversation(id), found.user == user else { return false }
            found.remove(transaction)
            return true
        }
        return isFound ? try await clear(id, of: user) : nil
    }

    /// Deletes what a conversation held that is gone.
    /// - Returns: the jobs that were ended by it, oldest first.
    func clear(_ id: String, of user: UserID) async throws -> [String] {
        let line = try UserLine(text: try await table.item(ChatKey.line(user))?.text("open") ?? "")
        var ended: [String] = []
        // The youngest first, so that none of them steps in for the one before it.
        for entry in line.open.reversed() where entry.conversation == id {
            if try await end(job: entry.job, with: JobFailure(.cancelled)) { ended.append(entry.job) }
        }
        var jobs: [String: String] = [:]
        while true {
            let query = ItemQuery("CONV#\(id)", .begins(ChatKey.messages)).first(Self.portion)
            let messages = try await table.first(Self.portion, query)
            if messages.isEmpty { break }
            // First what only the messages lead to.
            for job in Set(messages.compactMap { $0.text("job") }) {
                try await deleteBehind(try await JobChain(from: job, in: table))
            }
            let found = try await change { try await Self.delete(messages, of: id, $0) }
            for job in found { jobs[job.id] = job.session }
        }
        if let eraser {
            for (session, jobs) in Dictionary(grouping: jobs.keys, by: { jobs[$0] ?? "" }) {
                try await eraser.forget(jobs: jobs, inSession: session)
            }
        }
        try await change { $0.delete(ChatKey.gone(id)) }
        return ended.reversed()
    }

    /// - Returns: the jobs of the messages.
    private static func delete(_ messages: [Item], of conversation: String, _ transaction: CloudTransaction)
        async throws -> [JobItem]
    {
        let messages = try messages.compactMap { item in try item.ordinal.map { ($0, try MessageItem(item)) } }
        try await transaction.read(messages.flatMap { [ChatKey.job($1.jobID), ChatKey.pointer($1.id)] })
        var jobs: [JobItem] = []
        for (ordinal, message) in messages {
            let pointer = try await transaction.item(ChatKey.pointer(message.id))
            transaction.delete(ChatKey.message(conversation, ordinal))
            transaction.delete(ChatKey.pointer(message.id))
            if message.role == .assistant, let course = pointer?.text("course"), let askedAt = message.askedAt {
                transaction.delete(ChatKey.gap(course, askedAt, message.id))
                if let rating = message.rating {
                    transaction.add(ChatKey.rated(course, askedAt.day), [rating.counter: -1])
                }
            }
            if let job = try await transaction.forget(job: message.jobID) { jobs.append(job) }
        }
        return jobs
    }
}

extension Rating.Verdict {
    /// The counter of a course's day.
    var counter: String { self == .good ? "up" : "down" }
}

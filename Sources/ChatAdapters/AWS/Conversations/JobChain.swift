import AWS
import ChatService
import Support

/// A question's job and those that failed before staff had the question asked again, each with all that is kept of it.
struct JobChain {
    /// Jobs of one question that are followed.
    private static let most = 100

    /// The newest first.
    private(set) var jobs: [(id: String, parts: [Item])] = []

    /// Reads them. What is past its time is among it: DynamoDB takes days to delete that.
    init(from id: String, in table: any ItemTable) async throws {
        var next: String? = id
        while let id = next, jobs.count < Self.most {
            let query = ItemQuery(ChatKey.parts(ofJob: id))
            let parts = try await table.first(CloudLine.mostParts + 2, query)
            jobs.append((id, parts))
            next = parts.first { $0.key == ChatKey.job(id) }?.text("redriveOf")
        }
    }

    /// Whether the newest has not ended yet.
    func isOpen() throws -> Bool {
        guard let newest = jobs.first, let item = newest.parts.first(where: { $0.key == ChatKey.job(newest.id) }) else {
            return false
        }
        return try JobItem(item).isOpen
    }

    /// What was sent along, of all of them.
    var given: [ItemKey] { jobs.flatMap(\.parts).map(\.key).filter { $0.sk.hasPrefix(ChatKey.given) } }

    /// Those before the newest, the oldest first: as long as one is there, it leads to those before it.
    var former: [String] { jobs.dropFirst().map(\.id).reversed() }
}

extension CloudChatStore {
    /// Deletes what was sent along with a question, and the jobs that failed before it was asked again. Its job itself stays,
    /// as the caller's.
    func deleteBehind(_ chain: JobChain) async throws {
        // One by one: each has up to 300 KB, and a transaction takes 4 MB.
        for key in chain.given { try await change { $0.delete(key) } }
        for job in chain.former { try await change { _ = try await $0.forget(job: job) } }
    }
}

extension CloudTransaction {
    /// Deletes an ended job with its end and what leads to it, those past their time too. One whose end nobody was told of yet
    /// is marked: its end goes when that is told, what is left of it an hour later.
    /// - Parameter isNameless: whether its user's name is to be taken out of it already.
    /// - Returns: the job; nil when there is none (any more).
    func forget(job id: String, isNameless: Bool = false) async throws -> JobItem? {
        guard let item = try await item(ChatKey.job(id)) else {
            delete(ChatKey.end(id))
            return nil
        }
        var job = try JobItem(item)
        if job.toldSeq != nil {
            remove(job)
        } else {
            job.isErased = true
            if isNameless { job.user = UserID("") }
            put(job.item, at: job.key)
        }
        return job
    }

    /// Deletes the job with its end and what leads to it.
    func remove(_ job: JobItem) {
        delete(job.key)
        delete(ChatKey.end(job.id))
        delete(ChatKey.accepted(job.acceptedAt, job.id))
        if let diedAt = job.diedAt { delete(ChatKey.letter(diedAt, job.id)) }
    }
}

import AWS
import ChatService
import Support

/// What is temporary goes by DynamoDB's own clean-up (attribute `ttl`), and is not seen any more from its moment on.
/// What is left to do is to delete old conversations, and to go on with deletions that a process left half done.
extension CloudChatStore: Retention {
    private static let portion = 100
    /// A deletion that another process seems to be at is left to it.
    private static let patience = Duration.seconds(60)
    /// Days that one call looks at: the last ones, and of those before as many of the oldest.
    private static let (lastDays, oldestDays) = (60, 240)
    /// Where the first call begins; no day is looked at again once it was found empty.
    private static let firstDay = 20 * 366

    package func prune() async throws {
        let now = time.now
        for item in try await table.first(Self.portion, ItemQuery(ChatKey.gone)) {
            guard let id = item.text("sk"), let user = item.text("user"), let at = item.moment("at"),
                now - at >= Self.patience
            else { continue }
            _ = try await clear(id, of: UserID(user))
        }
        if let retention { try await pruneConversations(unusedSince: now + (.zero - retention)) }
    }

    /// Deletes conversations that nobody used since, some at each call. Those with an open question are in use.
    ///
    /// A conversation that is used moves to the day of today, so that a day which is past and empty stays so.
    private func pruneConversations(unusedSince moment: Timestamp) async throws {
        let known = try await table.item(ChatKey.pruned)?.int("day") ?? moment.day - Self.firstDay
        let last = max(known, moment.day - Self.lastDays)
        var (count, next) = (0, known)
        for day in Array(known..<min(known + Self.oldestDays, last)) + Array(last..<max(last, moment.day + 1))
        where count < Self.portion {
            let items = try await table.first(Self.portion, ItemQuery(ChatKey.usedOn(day)))
            if items.isEmpty, day == next, day < moment.day { next += 1 }
            for item in items {
                guard let id = item.text("sk"), let user = item.text("user").map({ UserID($0) }) else { continue }
                let line = try UserLine(text: try await table.item(ChatKey.line(user))?.text("open") ?? "")
                if line.open.contains(where: { $0.conversation == id }) { continue }
                // Somebody may have asked in it meanwhile.
                let isOld = try await change { transaction in
                    guard let found = try await transaction.conversation(id) else {
                        // It would keep the day from being empty.
                        transaction.delete(item.key)
                        return false
                    }
                    guard found.conversation.updatedAt < moment else { return false }
                    found.remove(transaction)
                    return true
                }
                guard isOld else { continue }
                _ = try await clear(id, of: user)
                count += 1
            }
        }
        if next > known { try await notePruned(before: next) }
        if count > 0 { log.info("old conversations deleted", ["count": "\(count)"]) }
    }
}

extension CloudChatStore {
    private func notePruned(before day: Int) async throws {
        try await change { transaction in
            // Another process may be further.
            guard try await transaction.item(ChatKey.pruned)?.int("day") ?? .min < day else { return }
            transaction.put(["day": .n(String(day))], at: ChatKey.pruned)
        }
    }
}

extension CloudChatStore: Erasure {
    package func erase(_ user: UserID) async throws -> [String] {
        var ended: [String] = []
        // The index follows the table within moments: what it does not show yet is taken by the next call.
        while true {
            let (found, _) = try await listed(of: user, after: nil, limit: Self.portion)
            var isDone = true
            for conversation in found {
                guard let jobs = try await delete(conversation.id, user: user) else { continue }
                ended += jobs
                isDone = false
            }
            if isDone { break }
        }
        try await eraseJobs(of: user)
        try await eraser?.forgetSessions(of: user)
        return ended
    }

    /// Deletes what stands in the user's own partition, and the jobs it leads to; what was not told yet goes when it is.
    private func eraseJobs(of user: UserID) async throws {
        let own = try await table.first(Self.mostErased, ItemQuery(ChatKey.user(user)))
        for item in own {
            let place = item.text("sk") ?? ""
            if place.hasPrefix(ChatKey.asked), let id = item.text("job") {
                let chain = try await JobChain(from: id, in: table)
                // Of a conversation that the index does not show yet: the next call's.
                if try chain.isOpen() { continue }
                try await deleteBehind(chain)
                try await change { transaction in
                    transaction.delete(item.key)
                    _ = try await transaction.forget(job: id, isNameless: true)
                }
            } else if place.hasPrefix(ChatKey.loaded) {
                // Documents are the course's; who loaded them is not known any more.
                try await unname(String(place.dropFirst(ChatKey.loaded.count)), item.key)
            } else if place.hasPrefix(ChatKey.keys) {
                try await change { $0.delete(item.key) }
            } else if item.key == ChatKey.line(user), item.text("open")?.isEmpty == true {
                try await change { transaction in
                    guard try await transaction.item(item.key)?.text("open")?.isEmpty == true else { return }
                    transaction.delete(item.key)
                }
            }
        }
    }

    private func unname(_ id: String, _ loaded: ItemKey) async throws {
        try await change { transaction in
            transaction.delete(loaded)
            guard var job = try await transaction.job(id) else { return }
            job.user = UserID("")
            transaction.put(job.item, at: job.key)
            let place = ChatKey.document(job.course, job.documentID)
            guard var document = try await transaction.item(place) else { return }
            document[text: "user"] = ""
            transaction.put(document, at: place)
        }
    }

    /// Items of one user that one call looks at; another call takes the rest.
    private static let mostErased = 100_000
}

import AWS
import ChatService
import Support

/// What is temporary goes by DynamoDB's own clean-up (attribute `ttl`), and is not seen any more from its moment on.
/// What is left to do is to delete old conversations, and to go on with deletions that a process left half done.
extension CloudChatStore: Retention {
    private static let portion = 100
    /// A deletion that another process seems to be at is left to it.
    private static let patience = Duration.seconds(60)
    /// Days before the oldest that are looked at: for a store that nobody pruned for a while.
    private static let mostDays = 60

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
    private func pruneConversations(unusedSince moment: Timestamp) async throws {
        var count = 0
        for day in (moment.day - Self.mostDays...moment.day).reversed() where count < Self.portion {
            for item in try await table.first(Self.portion, ItemQuery(ChatKey.usedOn(day))) {
                guard let id = item.text("sk"), let user = item.text("user").map({ UserID($0) }) else { continue }
                let line = try UserLine(text: try await table.item(ChatKey.line(user))?.text("open") ?? "")
                if line.open.contains(where: { $0.conversation == id }) { continue }
                // Somebody may have asked in it meanwhile.
                let isOld = try await change { transaction in
                    guard let found = try await transaction.conversation(id),
                        found.conversation.updatedAt < moment
                    else { return false }
                    found.remove(transaction)
                    return true
                }
                guard isOld else { continue }
                _ = try await clear(id, of: user)
                count += 1
            }
        }
        if count > 0 { log.info("old conversations deleted", ["count": "\(count)"]) }
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

    /// Deletes what stands in the user's own partition, and the jobs it leads to. What was not told yet is left for the
    /// next call.
    private func eraseJobs(of user: UserID) async throws {
        let own = try await table.first(Self.mostErased, ItemQuery(ChatKey.user(user)))
        for item in own {
            let place = item.text("sk") ?? ""
            if place.hasPrefix(ChatKey.asked), let id = item.text("job") {
                try await change { transaction in
                    let job = try await transaction.job(id)
                    if let job, job.toldSeq == nil { return }
                    transaction.delete(item.key)
                    guard let job else { return }
                    transaction.delete(job.key)
                    transaction.delete(ChatKey.end(id))
                    transaction.delete(ChatKey.accepted(job.acceptedAt, id))
                    if let diedAt = job.diedAt { transaction.delete(ChatKey.letter(diedAt, id)) }
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

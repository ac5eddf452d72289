import AWS
import ChatService
import Support

extension CloudChatStore: AnswerRecord {
    package func answers(within window: Duration, patience: Duration, limit: Int) async throws -> AnswerTally {
        let now = time.now
        let start = now + (.zero - window)
        var (tally, left) = (AnswerTally(), limit)
        var hour = ChatKey.hour(now)
        while hour >= ChatKey.hour(start), left > 0 {
            var query = ItemQuery(ChatKey.acceptedIn(hour), .after(ChatKey.text(start))).backwards.first(left)
            while left > 0 {
                let page = try await table.page(query)
                let ids = page.items.compactMap { $0.text("sk")?.split(separator: "#").last.map(String.init) }
                let jobs = try await table.all(ids.map(ChatKey.job))
                for job in try ids.compactMap({ try jobs[ChatKey.job($0)].map(JobItem.init) }) where left > 0 {
                    left -= tally.add(job, at: now, patience: patience) ? 1 : 0
                }
                guard let next = page.next else { break }
                query.after = next
            }
            hour -= 1
        }
        return tally
    }
}

extension AnswerTally {
    /// Counts a question, unless it says nothing of how questions fare.
    fileprivate mutating func add(_ job: JobItem, at now: Timestamp, patience: Duration) -> Bool {
        switch (job.state, job.fate) {
        case (.waiting, _), (.leased, _):
            guard now - job.acceptedAt >= patience else { return false }
            unanswered += 1
        case (.cancelled, _):
            // Its owner had waited long enough for an answer.
            guard job.updatedAt - job.acceptedAt >= patience else { return false }
            unanswered += 1
        case (_, .good): good += 1
        case (_, .degraded): degraded += 1
        case (_, .ungrounded): ungrounded += 1
        case (_, .failed): failed += 1
        case (_, .aside), (_, nil): return false
        }
        newest = max(newest ?? job.acceptedAt, job.acceptedAt)
        return true
    }
}

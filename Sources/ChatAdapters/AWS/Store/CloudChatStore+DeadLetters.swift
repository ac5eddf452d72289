import AWS
import ChatService
import Support

extension CloudChatStore: DeadLetters {
    package func deadLetters(
        of courses: Set<CourseID>?, after cursor: PageCursor?, limit: Int
    ) async throws -> Page<DeadLetter> {
        let now = time.now
        var query = ItemQuery(ChatKey.letters).backwards.first(limit + 1)
        if let cursor { query.range = .before("\(ChatKey.padded(cursor.order))#\(cursor.id)") }
        let names = courses.map { Set($0.map(\.name)) }
        let found = try await table.first(limit + 1, query) { item in
            !item.isPast(now) && (names.map { $0.contains(item.text("course") ?? "") } ?? true)
        }
        let shown = found.prefix(limit)
        let jobs = try await table.all(shown.compactMap { $0.text("job").map(ChatKey.job) })
        // What students wrote stays in the table.
        let items = try shown.compactMap { item in
            try item.text("job").flatMap { jobs[ChatKey.job($0)] }
                .map { try Self.letter(item, try JobItem($0).listed()) }
        }
        let last = items.last.map { PageCursor(order: $0.diedAt.milliseconds, id: $0.id) }
        return Page(items: items, next: found.count > limit ? last : nil)
    }

    package func deadLetter(_ id: String) async throws -> DeadLetter? {
        guard let job = try await job(id), let diedAt = job.diedAt,
            let item = try await table.item(ChatKey.letter(diedAt, id)), !item.isPast(time.now)
        else { return nil }
        let (text, given) = try await asked(job)
        return try Self.letter(item, try job.listed(text: text, given: given))
    }

    private static func letter(_ item: Item, _ job: Job) throws -> DeadLetter {
        guard let place = item.text("sk")?.split(separator: "#").first, let died = Int64(place) else {
            throw CloudStoreError.unreadable
        }
        return DeadLetter(
            job: job, code: item.text("code").flatMap(JobErrorCode.init) ?? .internalError,
            cause: item.text("cause") ?? "",
            failures: item.text("failures")?.split(separator: " ").map(String.init) ?? [],
            tries: item.int("tries") ?? 0, diedAt: Timestamp(milliseconds: died), redrivenAs: item.text("redrivenAs"))
    }

    package func redrive(_ id: String) async throws -> Accepted {
        guard let first = try await job(id) else { throw DeadLetterError.unknown }
        let new = RandomIdentifier.make(at: time.now)
        return try await change(lineOf: first.user) { transaction in
            // Our own job, when an answer of the table was lost.
            if transaction.attempt > 0, let mine = try await transaction.job(new) { return Self.accepted(mine) }
            return try await self.redrive(try await Self.last(of: id, transaction), as: new, transaction)
        } then: { accepted in
            // A session that is gone does not keep the answer from the conversation.
            await self.tell(Self.queued(accepted), to: accepted.sessionID)
        }
    }

    /// The dead job that a redrive of `id` repeats: its own, or the last one that repeated it in vain.
    /// - Throws: `DeadLetterError`.
    private static func last(of id: String, _ transaction: CloudTransaction) async throws -> (JobItem, letter: Item) {
        guard var found = try await dead(id, transaction) else { throw DeadLetterError.unknown }
        // Each job repeats an older one, so this comes to an end.
        while let next = found.letter.text("redrivenAs") {
            guard let dead = try await dead(next, transaction) else { throw DeadLetterError.redriven(as: next) }
            found = dead
        }
        return found
    }

    private static func dead(_ id: String, _ transaction: CloudTransaction) async throws -> (JobItem, letter: Item)? {
        guard let job = try await transaction.job(id), let diedAt = job.diedAt,
            let letter = try await transaction.item(ChatKey.letter(diedAt, id)), !letter.isPast(transaction.now)
        else { return nil }
        return (job, letter)
    }

    /// Stores a new job that repeats a dead one, and puts its question at the end of its conversation.
    private func redrive(
        _ dead: (job: JobItem, letter: Item), as new: String, _ transaction: CloudTransaction
    ) async throws -> Accepted {
        let job = dead.job
        guard job.kind == .question, var conversation = try await transaction.conversation(job.conversation),
            let ordinal = try await transaction.item(ChatKey.pointer(job.message))?.int64("ordinal"),
            let found = try await transaction.item(ChatKey.message(job.conversation, ordinal))
        else { throw DeadLetterError.conversationGone }
        var letter = dead.letter
        letter[text: "redrivenAs"] = new
        transaction.put(letter, at: letter.key)
        // Whoever reads the conversation finds the answer behind its question, and both under the same job.
        var message = found
        message[text: "job"] = new
        var place = ordinal
        if conversation.hasMessages(after: ordinal) {
            transaction.delete(ChatKey.message(job.conversation, ordinal))
            place = conversation.append(at: transaction.now)
        } else {
            conversation.use(at: transaction.now)
        }
        try MessageItem(message).put(in: conversation, place, transaction)
        conversation.put(transaction)
        let given = try await asked(job).given
        let repeated = try job.job(given: given)
        try await line(transaction).insert(
            Job(
                id: new, user: repeated.user, sessionID: repeated.sessionID, traceID: repeated.traceID,
                course: repeated.course, task: repeated.task, acceptedAt: transaction.now,
                deadline: transaction.steady + limits.deadline, redriveOf: job.id))
        return Accepted(
            jobID: new, conversationID: job.conversation, sessionID: job.session, traceID: repeated.traceID,
            acceptedAt: transaction.now)
    }

    private static func accepted(_ job: JobItem) -> Accepted {
        Accepted(
            jobID: job.id, conversationID: job.conversation, sessionID: job.session, traceID: job.notice.traceID,
            acceptedAt: job.acceptedAt)
    }

    package func purge(_ ids: [String]?, diedBefore: Timestamp?) async throws -> Int {
        var places: [ItemKey] = []
        if let ids {
            for id in ids {
                guard let diedAt = try await job(id)?.diedAt, diedBefore.map({ diedAt < $0 }) ?? true else { continue }
                places.append(ChatKey.letter(diedAt, id))
            }
        } else {
            let range = diedBefore.map { ItemQuery.Range.before(ChatKey.text($0)) } ?? .all
            places = try await table.first(Self.mostPurged, ItemQuery(ChatKey.letters, range)).map(\.key)
        }
        var count = 0
        for start in stride(from: 0, to: places.count, by: 50) {
            let portion = Array(places[start..<min(start + 50, places.count)])
            count += try await change { transaction in
                try await transaction.read(portion)
                var count = 0
                for place in portion where try await transaction.item(place) != nil {
                    transaction.delete(place)
                    count += 1
                }
                return count
            }
        }
        return count
    }

    /// Letters that one call forgets.
    private static let mostPurged = 10_000
}

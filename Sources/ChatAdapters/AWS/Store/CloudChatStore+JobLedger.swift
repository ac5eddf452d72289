import AWS
import ChatService
import Support

extension CloudChatStore: JobLedger {
    package func finish(_ lease: Lease, with outcome: JobOutcome) async throws -> Bool {
        let isDone = try await change(lineOf: lease.job.user) { transaction in
            try await transaction.read(Self.touched(by: lease.job))
            guard var job = try await transaction.job(lease.job.id) else { return false }
            // Our own write, whose answer was lost.
            if transaction.attempt > 0, job.endedBy == lease.token { return true }
            guard job.isHeld(by: lease) else { return false }
            return try await self.end(&job, lease, outcome, self.line(transaction))
        }
        if isDone { await inboxes[lease.job.kind]?.done(lease.token) } else { await letGo(lease) }
        return isDone
    }

    /// What is surely read, in one call.
    private static func touched(by job: Job) -> [ItemKey] {
        var keys = [ChatKey.job(job.id)]
        if let question = job.task.question {
            keys += [ChatKey.line(job.user), ChatKey.conversation(question.conversationID)]
        }
        return keys
    }

    private func end(_ job: inout JobItem, _ lease: Lease, _ outcome: JobOutcome, _ line: CloudLine) async throws
        -> Bool
    {
        switch (outcome, lease.job.task) {
        case (.answered(let answer, let id), .question(let question)):
            // Whoever deletes the conversation ends the job.
            guard try await answered(job, answer, id, question, line) else { return false }
            job.fate = QuestionFate(answer)
            let event = ChatEvent.messageCompleted(
                ChatEvent.Completed(
                    job: lease.job, conversationId: question.conversationID, messageId: id, answer: answer))
            try await line.end(&job, as: .completed, by: lease.token, event)
        case (.ingested(let summary), .document(let document)):
            // The course has it from now on.
            try await remove(document, of: job, line.transaction)
            let event = ChatEvent.documentStatus(
                DocumentStatus(
                    jobId: job.id, documentId: document.documentID, state: .ready, pagesDone: summary.pages,
                    pagesTotal: summary.pages, chunks: summary.chunks))
            try await line.end(&job, as: .completed, by: lease.token, event)
        case (.failed(let failure), _):
            try await line.fail(&job, by: lease.token, failure)
        default: return false
        }
        return true
    }

    /// Stores the answer behind its conversation's last message, and counts it.
    /// - Returns: false when the conversation is gone.
    private func answered(
        _ job: JobItem, _ answer: Answer, _ id: String, _ question: AskedQuestion, _ line: CloudLine
    ) async throws -> Bool {
        let transaction = line.transaction
        guard var conversation = try await transaction.conversation(question.conversationID),
            let asked = try await transaction.item(ChatKey.pointer(question.messageID))?.int64("ordinal")
        else { return false }
        var details = answer
        details.content = ""
        var message = MessageItem(
            id: id, role: .assistant, content: answer.content, createdAt: transaction.now, jobID: job.id,
            traceID: job.notice.traceID)
        let text = JSONText.encode(details)
        guard text.utf8.count + answer.content.utf8.count <= MessageItem.most else { throw CloudStoreError.tooLarge }
        (message.details, message.question, message.askedAt) = (text, asked, job.acceptedAt)
        message.isStaffs = job.isStaffs
        let ordinal = conversation.append(at: transaction.now)
        message.put(in: conversation, ordinal, transaction)
        conversation.put(transaction)
        UsageItems.settle(job, cost: answer.metadata.costUsd ?? 0, transaction)
        InsightItems.count(answer, id: id, at: ordinal, to: asked, of: job, transaction)
        return true
    }

    package func end(job id: String, with failure: JobFailure) async throws -> Bool {
        // Whose it is does not change.
        guard RandomIdentifier.isWellFormed(id), let item = try await table.item(ChatKey.job(id)) else { return false }
        let ended = try await change(lineOf: try JobItem(item).user) {
            transaction -> (kind: JobKind, lease: String?)? in
            guard var job = try await transaction.job(id), job.isOpen else { return nil }
            let lease = job.token
            try await self.line(transaction).fail(&job, failure)
            return (job.kind, lease)
        }
        // Whoever works on it here is told to stop, and does not come back to it.
        if let ended, let lease = ended.lease { await inboxes[ended.kind]?.done(lease) }
        return ended != nil
    }

    package func overdue(limit: Int) async throws -> [OverdueJob] {
        let now = time.steady
        let keys = try await Outbox.due(at: now, limit: limit, table)
        var late: [OverdueJob] = []
        for job in try await table.all(keys).values.compactMap({ try? JobItem($0) }) where job.isOpen {
            if job.deadline <= now {
                var failure = JobFailure(.deadlineExceeded, for: job.kind)
                // Whoever held it was most likely writing.
                failure.wasPaid = job.state == .leased
                late.append(OverdueJob(id: job.id, failure: failure))
            } else if job.due <= now, !job.isParked, job.tries > 0, job.tries >= limits.tries(job.kind) {
                // The last try's worker died with its lease.
                late.append(OverdueJob(id: job.id, failure: .exhausted(job.kind)))
            }
        }
        return Array(late.prefix(limit))
    }

    package func unpublished(limit: Int) async throws -> [TerminalEvent] {
        let keys = try await withThrowingTaskGroup(of: [Item].self) { group in
            for shard in 0..<ChatKey.shards {
                group.addTask { [table] in
                    try await table.first(limit, ItemQuery(ChatKey.tell(shard)).index.first(limit))
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let oldest = keys.sorted { $0.text("gsk") ?? "" < $1.text("gsk") ?? "" }.prefix(limit).map(\.key)
        let jobs = try await table.all(oldest)
        // What the index says may be old; the job's own item is not.
        let waiting = oldest.compactMap { jobs[$0] }.compactMap { try? JobItem($0) }.filter {
            !$0.isOpen && $0.toldSeq == nil
        }
        let ends = try await table.all(waiting.map { ChatKey.end($0.id) })
        var events: [TerminalEvent] = []
        for job in waiting { events.append(try await event(of: job, ends[ChatKey.end(job.id)])) }
        return events
    }

    package func unpublished(job id: String) async throws -> TerminalEvent? {
        guard let job = try await job(id), !job.isOpen, job.toldSeq == nil else { return nil }
        return try await event(of: job, try await table.item(ChatKey.end(id)))
    }

    /// The job's terminal event; one that cannot be read becomes a failure, since nobody could ever be told of it.
    private func event(of job: JobItem, _ end: Item?) async throws -> TerminalEvent {
        if let text = end?.text("event"), let event = try? JSONText.decode(ChatEvent.self, from: text) {
            return TerminalEvent(jobID: job.id, sessionID: job.session, event: event)
        }
        log.error("the end of a job cannot be read and is told as a failure", ["job": job.id])
        let failure = JobFailure(.internalError, for: job.kind, cause: "unreadable_end")
        let event = CloudLine.event(of: failure, job)
        try await change { transaction in
            guard var job = try await transaction.job(job.id), !job.isOpen, job.toldSeq == nil else { return }
            job.state = .failed
            if job.kind == .question, job.diedAt == nil { self.line(transaction).bury(&job, failure) }
            transaction.put(job.item, at: job.key)
            transaction.put(
                (["event": .s(JSONText.encode(event))] as Item).kept(until: transaction.now + CloudLine.jobAge),
                at: ChatKey.end(job.id))
        }
        return TerminalEvent(jobID: job.id, sessionID: job.session, event: event)
    }

    package func published(job id: String, seq: Int64) async throws {
        try await change { transaction in
            guard var job = try await transaction.job(id), !job.isOpen, job.toldSeq == nil else { return }
            job.toldSeq = seq
            // Whoever published it may look at it still.
            let soon = transaction.now + .seconds(3600)
            job.ttl = job.isErased ? soon : max(job.acceptedAt + CloudLine.jobAge, soon)
            transaction.put(job.item, at: job.key)
            guard job.isErased else { return }
            transaction.delete(ChatKey.end(id))
            if let diedAt = job.diedAt { transaction.delete(ChatKey.letter(diedAt, id)) }
        }
    }

    package func record(job id: String) async throws -> JobRecord? {
        guard let job = try await job(id) else { return nil }
        let end = job.isOpen ? nil : try await table.item(ChatKey.end(id))
        let (text, given) = try await asked(job)
        return JobRecord(
            job: try job.listed(text: text, given: given), status: job.status, attempt: job.attempt,
            updatedAt: job.updatedAt,
            terminal: try end?.text("event").map { try JSONText.decode(ChatEvent.self, from: $0) },
            publishedSeq: job.toldSeq)
    }

    /// The job, unless its time is over.
    func job(_ id: String) async throws -> JobItem? {
        guard RandomIdentifier.isWellFormed(id), let item = try await table.item(ChatKey.job(id)),
            !item.isPast(time.now)
        else { return nil }
        return try JobItem(item)
    }
}

extension QuestionFate {
    init(_ answer: Answer) {
        if answer.metadata.model == AnswerMetadata.smallTalkModel {
            self = .aside
        } else {
            self = answer.metadata.degraded ? .degraded : answer.grounded ? .good : .ungrounded
        }
    }
}

import AWS
import ChatService
import Support

/// Jobs are due in about the order in which their messages were sent: SQS promises no more. Whoever was told of one takes
/// it by a write on its item that only one can win.
extension CloudChatStore: JobQueue {
    /// Messages that one call looks at which turn out to say nothing.
    private static let mostLooked = 50

    package func lease(_ kind: JobKind, for visibility: Duration) async throws -> Lease? {
        guard let inbox = inboxes[kind] else { return nil }
        var hasSwept = false
        for _ in 0..<Self.mostLooked {
            guard let message = try await inbox.next(hiddenFor: visibility) else {
                // What is due and of which nobody is told: its message was lost, or is hidden for too long.
                guard !hasSwept, try await sweepIfDue() > 0 else { return nil }
                hasSwept = true
                continue
            }
            if let lease = try await take(message, kind, for: visibility, inbox) { return lease }
        }
        return nil
    }

    /// What becomes of a message.
    private enum Verdict {
        case taken(JobItem)
        /// The job needs no message any more, or gets another one when it steps into the line.
        case over
        /// Somebody works on the job, or it shall wait.
        case later(Duration)
        case unreadable(String)
    }

    private func take(_ message: ReceivedMessage, _ kind: JobKind, for visibility: Duration, _ inbox: JobInbox)
        async throws -> Lease?
    {
        let token = RandomIdentifier.make()
        switch try await verdict(on: message.job, token, visibility) {
        case .over:
            await inbox.drop(message)
        case .later(let wait):
            await inbox.hide(message.receipt, for: wait)
        case .unreadable(let label):
            // Nobody could ever work on it.
            log.error("a job cannot be read and is given up", ["job": message.job, "error": label])
            _ = try await end(job: message.job, with: JobFailure(.internalError, for: kind, cause: "unreadable_job"))
            await inbox.drop(message)
        case .taken(let item):
            inbox.hold(message, for: token)
            let (text, given) = try await asked(item)
            return Lease(
                job: try item.job(text: text, given: given), attempt: item.attempt, tries: item.tries, token: token)
        }
        return nil
    }

    private func verdict(on id: String, _ token: String, _ visibility: Duration) async throws -> Verdict {
        try await change { transaction in
            guard var job = try await transaction.job(id) else { return .over }
            // Our own write, whose answer was lost.
            if job.token == token { return .taken(job) }
            let (now, tries) = (transaction.steady, self.limits.tries(job.kind))
            guard job.isOpen, !job.isParked, job.deadline > now else { return .over }
            guard job.due <= now else { return .later(job.due - now) }
            // The sweeper ends it.
            guard job.tries < tries else { return .over }
            do { _ = try job.job() } catch { return .unreadable(error.label) }
            job.state = .leased
            job.token = token
            (job.attempt, job.tries) = (job.attempt + 1, job.tries + 1)
            job.due = now + visibility
            job.look = job.due
            job.updatedAt = transaction.now
            transaction.put(job.item, at: job.key)
            return .taken(job)
        }
    }

    /// What a question says, and what was given along; nothing when its conversation is gone.
    func asked(_ job: JobItem) async throws -> (text: String, given: [Turn]?) {
        guard job.kind == .question else { return ("", nil) }
        let parts = (0..<job.givenParts).map { ChatKey.given(job.id, $0) }
        let pointer = ChatKey.pointer(job.message)
        let found = try await table.all(parts + [pointer])
        guard let ordinal = found[pointer]?.int64("ordinal"),
            let text = try await table.item(ChatKey.message(job.conversation, ordinal))?.text("content")
        else { return ("", nil) }
        guard !parts.isEmpty else { return (text, nil) }
        return (text, try GivenTurns.turns(parts.map { found[$0]?["text"]?.bytes ?? [] }))
    }

    package func renew(_ lease: Lease, for visibility: Duration) async throws -> Bool {
        let (id, due) = (lease.job.id, time.steady + visibility)
        let token = RandomIdentifier.make()
        let look = ChatKey.text(min(due, lease.job.deadline), id)
        let change: Item = ["due": .n(String(due.milliseconds)), "gsk": .s(look), "v": .s(token)]
        do {
            try await table.commit(
                [.set(ChatKey.job(id), change, remove: [], .fields(Self.held(lease), lacking: nil))], token: token)
        } catch CommitFailure.conflict {
            await letGo(lease)
            return false
        } catch CommitFailure.unsure(let error) {
            throw error
        }
        await inboxes[lease.job.kind]?.renew(lease.token, for: visibility)
        return true
    }

    /// What the job's item says while a lease is held.
    private static func held(_ lease: Lease) -> Item {
        [
            "state": .s(JobItem.State.leased.rawValue), "token": .s(lease.token),
            "attempt": .n(String(lease.attempt)),
        ]
    }

    @discardableResult
    package func retry(_ lease: Lease, after delay: Duration, because label: String) async throws -> Bool {
        try await giveBack(lease, after: min(delay, JobLimits.longestWait)) { $0.failures.append(label) }
    }

    @discardableResult
    package func release(_ lease: Lease) async throws -> Bool {
        try await giveBack(lease, after: .zero) { $0.tries -= 1 }
    }

    private func giveBack(
        _ lease: Lease, after wait: Duration, _ note: (inout JobItem) -> Void
    ) async throws -> Bool {
        let isBack = try await change { transaction in
            guard var job = try await transaction.job(lease.job.id), job.isHeld(by: lease) else { return false }
            note(&job)
            job.state = .waiting
            job.token = nil
            job.due = transaction.steady + wait
            job.look = job.due + self.parameters.confirmation
            job.updatedAt = transaction.now
            transaction.put(job.item, at: job.key)
            try await self.line(transaction).setStage(.queued, of: job)
            return true
        }
        if isBack { await inboxes[lease.job.kind]?.giveBack(lease.token, after: wait) } else { await letGo(lease) }
        return isBack
    }

    /// The lease is not held any more. The message of a job that is over is deleted; that of one that goes on is somebody
    /// else's by now.
    func letGo(_ lease: Lease) async {
        guard let inbox = inboxes[lease.job.kind] else { return }
        do {
            if try await job(lease.job.id)?.isOpen == true {
                inbox.letGo(lease.token)
            } else {
                await inbox.done(lease.token)
            }
        } catch {
            // It comes again, and is found to be over then.
            inbox.letGo(lease.token)
        }
    }

    package func waitForWork(_ kind: JobKind, within patience: Duration) async {
        guard let inbox = inboxes[kind] else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await inbox.wait()
                } catch {
                    // A queue that cannot be reached is not asked again at once; the sleep below ends the waiting.
                    if !Task.isCancelled { self.log.debug("queue not polled", ["error": error.label]) }
                    try? await self.time.sleep(for: patience)
                }
            }
            // Cancellation ends the sleep early; then the waiting is over as well.
            group.addTask { try? await self.time.sleep(for: patience) }
            await group.next()
            group.cancelAll()
        }
    }

    package func depth() async throws -> Int {
        var depth = 0
        for kind in JobKind.allCases { depth += try await open(kind) }
        return depth
    }

    /// Looks for jobs whose message was lost, if that was not done lately.
    private func sweepIfDue() async throws -> Int {
        let now = time.elapsed
        let isDue = lastSweep.withLock { last in
            if let before = last, now - before < parameters.sweepInterval { return false }
            last = now
            return true
        }
        return isDue ? try await outbox.sweep() : 0
    }
}

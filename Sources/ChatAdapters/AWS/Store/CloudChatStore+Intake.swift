import AWS
import ChatService
import Support

extension CloudChatStore: Intake {
    /// How long a key is kept, from its job's deadline on.
    static let keyAge = Duration.seconds(24 * 3600)

    package func accept(_ submission: Submission) async throws -> Accepted {
        if let key = submission.idempotency, let first = try await accepted(key, user: submission.user) { return first }
        let now = time.now
        let session = try await session(submission.sessionID, of: submission.user)
        let accepted = Accepted(
            jobID: RandomIdentifier.make(at: now),
            conversationID: submission.conversationID ?? RandomIdentifier.make(at: now), sessionID: session,
            traceID: submission.traceID, acceptedAt: now)
        let outcome = try await change(lineOf: submission.user) { transaction in
            try await self.store(submission, as: accepted, transaction)
        } then: { outcome in
            // Before any worker can be told of the job, so that `queued` comes first.
            if outcome == accepted { await self.tell(Self.queued(accepted), to: session) }
        }
        return outcome
    }

    package func accepted(_ idempotency: Submission.Idempotency, user: UserID) async throws -> Accepted? {
        try Self.repeated(
            idempotency, of: try await table.item(ChatKey.spent(idempotency.key, user)), at: time.steady)
    }

    /// The session that was named, or a new one.
    func session(_ id: String?, of user: UserID) async throws -> String {
        guard let id else { return try await sessions.createSession(owner: user) }
        guard try await sessions.owner(ofSession: id) == user else { throw IntakeError.unknownSession }
        return id
    }

    /// Tells the session; the promise stands already, so a failure is only logged.
    func tell(_ event: ChatEvent, to session: String) async {
        do {
            try await sessions.append(event, to: session)
        } catch {
            log.warning("a job's first event was not told", ["error": error.label])
        }
    }

    static func queued(_ accepted: Accepted) -> ChatEvent {
        .status(
            ChatEvent.Status(
                jobId: accepted.jobID, state: .queued, attempt: 0, conversationId: accepted.conversationID,
                traceId: accepted.traceID))
    }

    /// The whole transaction.
    private func store(
        _ submission: Submission, as accepted: Accepted, _ transaction: CloudTransaction
    ) async throws -> Accepted {
        let user = submission.user
        let conversation = ChatKey.conversation(accepted.conversationID)
        var keys = [ChatKey.line(user)]
        if submission.conversationID != nil { keys.append(conversation) }
        if let key = submission.idempotency?.key { keys.append(ChatKey.spent(key, user)) }
        // Our own job is there when an answer of the table was lost.
        if transaction.attempt > 0 { keys.append(ChatKey.job(accepted.jobID)) }
        try await transaction.read(keys)
        if transaction.attempt > 0, try await transaction.item(ChatKey.job(accepted.jobID)) != nil { return accepted }
        if let idempotency = submission.idempotency {
            let key = ChatKey.spent(idempotency.key, user)
            let spent = try await transaction.item(key)
            if let first = try Self.repeated(idempotency, of: spent, at: transaction.steady) { return first }
            transaction.put(
                Self.spent(accepted, idempotency, until: transaction.steady + limits.deadline + Self.keyAge), at: key)
        }
        try await UsageItems.check(submission, transaction)
        let message = RandomIdentifier.make(at: accepted.acceptedAt)
        let line = line(transaction)
        try await line.insert(
            Job(
                id: accepted.jobID, user: user, sessionID: accepted.sessionID, traceID: submission.traceID,
                course: submission.course,
                task: .question(
                    AskedQuestion(
                        conversationID: accepted.conversationID, messageID: message, mode: submission.mode,
                        text: submission.message, given: submission.given,
                        asker: Asker(
                            isStaff: submission.admission.isStaff, assignment: submission.admission.assignment))),
                acceptedAt: accepted.acceptedAt, deadline: transaction.steady + limits.deadline,
                isSampled: submission.isSampled))
        var entered = try await Self.enter(submission, accepted, transaction)
        let place = entered.append(at: accepted.acceptedAt)
        var asked = MessageItem.question(submission.message, id: message, accepted)
        (asked.mode, asked.assignment) = (submission.mode, submission.admission.assignment)
        asked.put(in: entered, place, transaction)
        entered.put(transaction)
        return accepted
    }

    /// The conversation when the user may ask in it, or a new one.
    private static func enter(
        _ submission: Submission, _ accepted: Accepted, _ transaction: CloudTransaction
    ) async throws -> ConversationItem {
        guard let id = submission.conversationID else {
            return ConversationItem(
                Conversation(
                    id: accepted.conversationID, course: submission.course,
                    title: Conversation.title(for: submission.message), createdAt: accepted.acceptedAt,
                    updatedAt: accepted.acceptedAt), user: submission.user)
        }
        guard var found = try await transaction.conversation(id), found.user == submission.user else {
            throw IntakeError.unknownConversation
        }
        guard found.course == submission.course else { throw IntakeError.otherCourse }
        // A conversation made without a first message gets its title from it.
        if found.title.isEmpty { found.title = Conversation.title(for: submission.message) }
        return found
    }

    /// What the first request with this key was told.
    static func repeated(
        _ idempotency: Submission.Idempotency, of item: Item?, at steady: Timestamp
    ) throws -> Accepted? {
        guard let item, let until = item.moment("until"), until >= steady else { return nil }
        guard item.text("fingerprint") == idempotency.fingerprint else { throw IntakeError.keyReused }
        return Accepted(
            jobID: try item.needed("job"), conversationID: item.text("conversation") ?? "",
            sessionID: try item.needed("session"), traceID: item.text("trace") ?? "",
            acceptedAt: try item.neededMoment("acceptedAt"))
    }

    /// Nothing is kept of what was asked but a digest.
    static func spent(_ accepted: Accepted, _ idempotency: Submission.Idempotency, until: Timestamp) -> Item {
        let item: Item = [
            "fingerprint": .s(idempotency.fingerprint), "job": .s(accepted.jobID),
            "conversation": .s(accepted.conversationID), "session": .s(accepted.sessionID),
            "trace": .s(accepted.traceID), "acceptedAt": .n(String(accepted.acceptedAt.milliseconds)),
            "until": .n(String(until.milliseconds)),
        ]
        return item.kept(until: until + .seconds(3600))
    }
}

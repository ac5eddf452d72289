import ChatService
import SQLite
import Support

extension SQLiteChatStore: Intake {
    package func accept(_ submission: Submission) async throws -> Accepted {
        let now = time.now
        let session: LiveSession
        if let id = submission.sessionID {
            guard let known = try await live(id), known.owner == submission.user else {
                throw IntakeError.unknownSession
            }
            session = known
        } else {
            session = LiveSession(key: SessionKey(at: now), owner: submission.user, ring: SessionRing())
        }
        let accepted = Accepted(
            jobID: RandomIdentifier.make(at: now),
            conversationID: submission.conversationID ?? RandomIdentifier.make(at: now),
            sessionID: session.id, traceID: submission.traceID, acceptedAt: now)
        let outcome = try await session.turnstile.pass {
            let queued = LoggedEvent(Self.queued(accepted), seq: session.nextSeq, at: now, storedAt: self.time.steady)
            let outcome = try await self.database.write(isRepeatable: true) {
                try self.store(submission, as: accepted, queued: queued, $0)
            }
            if outcome == accepted {
                // The new session is in memory before anyone can learn its id.
                if submission.sessionID == nil { _ = self.hub.insert(session) }
                session.publish(queued)
            }
            return outcome
        }
        if outcome == accepted { arrivals(.question).arrive() }
        return outcome
    }

    package func accepted(_ idempotency: Submission.Idempotency, user: UserID) async throws -> Accepted? {
        try await database.read { try Self.repeated(idempotency, user: user, $0) }
    }

    static func queued(_ accepted: Accepted) -> ChatEvent {
        .status(
            ChatEvent.Status(
                jobId: accepted.jobID, state: .queued, attempt: 0, conversationId: accepted.conversationID,
                traceId: accepted.traceID))
    }

    /// The whole transaction.
    private func store(
        _ submission: Submission, as accepted: Accepted, queued: LoggedEvent, _ connection: Connection
    ) throws -> Accepted {
        if let idempotency = submission.idempotency,
            let first = try Self.repeated(idempotency, user: submission.user, connection)
        {
            return first
        }
        try UsageTable.check(submission, connection)
        // The job first: it finds out whether there is room at all.
        let (line, now) = (line(connection), accepted.acceptedAt)
        let messageID = RandomIdentifier.make(at: now)
        try line.insert(
            Job(
                id: accepted.jobID, user: submission.user, sessionID: accepted.sessionID, traceID: submission.traceID,
                course: submission.course,
                task: .question(
                    AskedQuestion(
                        conversationID: accepted.conversationID, messageID: messageID, mode: submission.mode,
                        text: submission.message, given: submission.given,
                        asker: Asker(
                            isStaff: submission.admission.isStaff, assignment: submission.admission.assignment))),
                acceptedAt: now, deadline: line.steady + limits.deadline), idempotency: submission.idempotency)
        try Self.enterConversation(submission, id: accepted.conversationID, at: now, connection)
        try connection.run(
            """
            INSERT INTO message (id, conversation_id, role, content, job_id, trace_id, created_at)
            VALUES (?, ?, 'user', ?, ?, ?, ?)
            """,
            [
                SQLValue(messageID), SQLValue(accepted.conversationID), SQLValue(submission.message),
                SQLValue(accepted.jobID), SQLValue(submission.traceID), SQLValue(now),
            ])
        if submission.sessionID == nil {
            try Self.insertSession(accepted.sessionID, owner: submission.user, first: queued, in: connection)
        } else {
            _ = try Self.store(queued, in: accepted.sessionID, connection)
        }
        return accepted
    }

    /// What the first request with this key was told.
    static func repeated(
        _ idempotency: Submission.Idempotency, user: UserID, _ connection: Connection
    ) throws -> Accepted? {
        let first = try connection.row(
            """
            SELECT id, conversation_id, session_id, trace_id, accepted_at, fingerprint FROM job
            WHERE user = ?1 AND idempotency_key = ?2
            UNION ALL SELECT id, conversation_id, session_id, trace_id, accepted_at, fingerprint FROM spent_key
            WHERE user = ?1 AND idempotency_key = ?2 LIMIT 1
            """, [SQLValue(user.name), SQLValue(idempotency.key)]
        ) { row in
            let accepted = Accepted(
                jobID: row.text(0), conversationID: row.text(1), sessionID: row.text(2), traceID: row.text(3),
                acceptedAt: row.timestamp(4))
            return (accepted, fingerprint: row.text(5))
        }
        guard let first else { return nil }
        guard first.fingerprint == idempotency.fingerprint else { throw IntakeError.keyReused }
        return first.0
    }

    /// Before a job is deleted for good: a repeat of its key is told what the first request was told, not answered again.
    /// Nothing is kept of what was asked but a digest.
    static func keepKey(ofJob id: String, _ connection: Connection) throws {
        try connection.run(
            """
            INSERT OR REPLACE INTO spent_key
            SELECT user, idempotency_key, fingerprint, id, conversation_id, session_id, trace_id, accepted_at, deadline
            FROM job WHERE id = ? AND idempotency_key IS NOT NULL
            """, [SQLValue(id)])
    }

    /// Makes the conversation when it is new, else checks that the user may ask in it and marks it as used.
    private static func enterConversation(
        _ submission: Submission, id: String, at now: Timestamp, _ connection: Connection
    ) throws {
        guard submission.conversationID != nil else {
            return try insertConversation(
                Conversation(
                    id: id, course: submission.course, title: Conversation.title(for: submission.message),
                    createdAt: now, updatedAt: now), user: submission.user, connection)
        }
        let course = try connection.row(
            "SELECT course FROM conversation WHERE id = ? AND user = ?", [SQLValue(id), SQLValue(submission.user.name)]
        ) { $0.text(0) }
        guard let course else { throw IntakeError.unknownConversation }
        guard course == submission.course.name else { throw IntakeError.otherCourse }
        try connection.run("UPDATE conversation SET updated_at = ? WHERE id = ?", [SQLValue(now), SQLValue(id)])
        // A conversation made without a first message gets its title from it.
        try connection.run(
            "UPDATE conversation SET title = ? WHERE id = ? AND title = ''",
            [SQLValue(Conversation.title(for: submission.message)), SQLValue(id)])
    }
}

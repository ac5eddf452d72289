import ChatService
import SQLite
import Support

/// The line of jobs before the workers, within one transaction and at one moment.
///
/// A question is *parked*, accepted but not in the line, while an earlier one of its conversation is open, or while its
/// user has `JobLimits.activePerUser` in the line or in hand. So the questions of a conversation are answered in their
/// order, retries included, and whoever asks five hundred at once leaves the line to the others. Whatever ends a job ends
/// it here, which lets those step in, at the line's tail, that may go now. Hence, between two transactions:
/// - a conversation has at most one open question that is not parked, its oldest;
/// - a user has at most `activePerUser` of them;
/// - nothing is parked that could go.
///
/// Documents are never parked.
struct JobLine {
    let connection: Connection
    let limits: JobLimits
    /// For what people read.
    let now: Timestamp
    /// For what is due.
    let steady: Timestamp

    init(_ connection: Connection, limits: JobLimits, time: any TimeSource) {
        self.connection = connection
        self.limits = limits
        now = time.now
        steady = time.steady
    }

    /// Jobs of that kind that have not ended.
    static func open(_ kind: JobKind, _ connection: Connection) throws -> Int {
        try connection.row("SELECT open FROM backlog WHERE kind = ?", [SQLValue(kind.rawValue)]) { $0.int(0) } ?? 0
    }

    /// Stores a new job, in the line or parked; what it refers to (conversation, message, session, document) is the
    /// caller's to store, and to wake a worker after the commit.
    /// - Throws: `IntakeError.backlogFull` when there is no room for another job of that kind.
    func insert(_ job: Job, idempotency: Submission.Idempotency? = nil) throws {
        try claimRoom(job.kind)
        let (question, document) = (job.task.question, job.task.document)
        try connection.run(
            Self.insertion,
            [
                SQLValue(job.user.name), SQLValue(limits.activePerUser), SQLValue(question?.conversationID ?? ""),
                SQLValue(job.id), SQLValue(job.sessionID), SQLValue(question?.messageID ?? ""), SQLValue(job.traceID),
                SQLValue(job.course.name), SQLValue(question?.mode.rawValue ?? ""), SQLValue(job.acceptedAt),
                SQLValue(job.deadline), SQLValue(steady), SQLValue(idempotency?.key),
                SQLValue(idempotency?.fingerprint), SQLValue(job.kind.rawValue), SQLValue(document?.documentID),
                SQLValue(document?.name), SQLValue(document?.contentHash), SQLValue(document?.byteCount),
                SQLValue(job.redriveOf), SQLValue(question?.asker.isStaff ?? false),
                SQLValue(question?.asker.assignment), SQLValue(question?.given.map { JSONText.encode($0) }),
            ])
        if question != nil { try UsageTable.enter(job, connection) }
    }

    /// Ends an open job, and lets those step in that waited for its end.
    /// - Parameters:
    ///   - state: `completed`, `failed` or `cancelled`.
    ///   - terminal: the JSON of the job's terminal event.
    /// - Returns: how many stepped in, each of which may wake a worker; nil when no such job is open.
    func end(job id: String, state: String, terminal: String) throws -> Int? {
        let ended = try connection.row(
            """
            UPDATE job SET state = ?, is_open = 0, parked = 0, lease_token = NULL, terminal = ?, updated_at = ?
            WHERE id = ? AND is_open = 1 RETURNING kind, user
            """, [SQLValue(state), SQLValue(terminal), SQLValue(now), SQLValue(id)]
        ) { (kind: JobKind(rawValue: $0.text(0)) ?? .question, user: $0.text(1)) }
        guard let ended else { return nil }
        try connection.run("UPDATE backlog SET open = open - 1 WHERE kind = ?", [SQLValue(ended.kind.rawValue)])
        return ended.kind == .question ? try advance(user: ended.user) : 0
    }

    /// Lets the user's oldest questions that may go now step in, at the line's tail.
    /// - Returns: how many.
    func advance(user: String) throws -> Int {
        let next = try connection.rows(Self.stepping, [SQLValue(user), SQLValue(limits.activePerUser)]) { $0.int64(0) }
        for number in next {
            try connection.run(
                "UPDATE job SET parked = 0, due_at = ? WHERE number = ?", [SQLValue(steady), SQLValue(number)])
        }
        return next.count
    }

    /// Counts a job that is to be stored; taken back with the transaction's part when that fails.
    private func claimRoom(_ kind: JobKind) throws {
        let claimed = try connection.run(
            "UPDATE backlog SET open = open + 1 WHERE kind = ? AND open < ?",
            [SQLValue(kind.rawValue), SQLValue(limits.backlog(kind))])
        guard claimed == 1 else { throw IntakeError.backlogFull }
    }

    /// Questions of user ?1 in the line or in hand, counted up to ?2.
    private static let active = """
        SELECT count(*) FROM (SELECT 1 FROM job WHERE user = ?1 AND parked = 0 AND is_open = 1 AND kind = 'question'
            LIMIT ?2)
        """

    private static let insertion = """
        INSERT INTO job (user, conversation_id, id, session_id, message_id, trace_id, course, mode, accepted_at,
            deadline, updated_at, due_at, idempotency_key, fingerprint, kind, document_id, document_name,
            content_hash, byte_count, redrive_of, as_staff, assignment, given, parked)
        VALUES (?1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?10, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23,
            ?15 = 'question' AND (EXISTS (SELECT 1 FROM job WHERE conversation_id = ?3 AND is_open = 1)
                OR (\(active)) >= ?2))
        """

    private static let stepping = """
        SELECT number FROM job WHERE user = ?1 AND parked = 1 AND is_open = 1 AND kind = 'question'
            AND NOT EXISTS (SELECT 1 FROM job AS earlier WHERE earlier.conversation_id = job.conversation_id
                AND earlier.is_open = 1 AND earlier.number < job.number)
        ORDER BY number LIMIT max(0, ?2 - (\(active)))
        """
}

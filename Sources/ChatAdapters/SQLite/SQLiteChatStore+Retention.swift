import ChatService
import SQLite
import Support

extension SQLiteChatStore: Retention {
    /// Rows of a table deleted at once, so that nobody waits long for the writer.
    private static let portion = 1_000
    /// Portions deleted in one go: more than can be stored until the next.
    private static let mostPortions = 50
    private static let conversationPortion = 500
    private static let jobAge = Duration.seconds(7 * 24 * 3600)
    private static let sessionAge = Duration.seconds(7 * 24 * 3600)
    private static let keyAge = Duration.seconds(24 * 3600)

    package func prune() async throws {
        let (now, steady) = (time.now, time.steady)
        for session in hub.all { session.trim(now: steady) }
        // What a process beside stored by a clock that was ahead of ours.
        try await database.write { try self.line($0).clamp() }
        for _ in 0..<Self.mostPortions {
            guard try await database.write({ try Self.prunePortion($0, now, steady) }) else { break }
        }
        if let retention { try await pruneConversations(unusedSince: now - retention) }
    }

    /// Deletes conversations that nobody used since, some at each call. Those with an open question are in use.
    private func pruneConversations(unusedSince moment: Timestamp) async throws {
        let old = try await database.read { connection in
            try connection.rows(
                """
                SELECT id FROM conversation WHERE updated_at < ? AND NOT EXISTS (
                    SELECT 1 FROM job WHERE conversation_id = conversation.id AND is_open = 1) LIMIT ?
                """, [SQLValue(moment), SQLValue(Self.conversationPortion)]
            ) { $0.text(0) }
        }
        for id in old {
            let deleted = try await database.write { connection -> DeletedConversation? in
                // Somebody may have asked in it meanwhile.
                let isOld = try connection.row(
                    "SELECT 1 FROM conversation WHERE id = ? AND updated_at < ?", [SQLValue(id), SQLValue(moment)],
                    { _ in true })
                return isOld == true ? try Self.delete(conversation: id, self.line(connection)) : nil
            }
            if let deleted { settle(deleted) }
        }
        if !old.isEmpty { log.info("old conversations deleted", ["count": "\(old.count)"]) }
    }

    /// What is promised for a time is kept for it by the steady clock; how long jobs are listed goes by the wall clock, by
    /// which they are dated.
    /// - Returns: whether there may be more.
    private static func prunePortion(_ connection: Connection, _ now: Timestamp, _ steady: Timestamp) throws -> Bool {
        let limit = SQLValue(portion)
        // A terminal event stays until its job knows its number: it keeps a second one out.
        let events = try connection.run(
            """
            DELETE FROM event WHERE (session_id, seq) IN (
                SELECT session_id, seq FROM event WHERE created_at < ? AND NOT (terminal = 1 AND EXISTS (
                    SELECT 1 FROM job WHERE job.id = event.job_id AND published_seq IS NULL)) LIMIT ?)
            """, [SQLValue(steady - SessionRing.retention), limit])
        let jobs = try connection.run(
            """
            DELETE FROM job WHERE number IN (
                SELECT number FROM job WHERE accepted_at < ? AND published_seq IS NOT NULL
                    AND (idempotency_key IS NULL OR deadline < ?) LIMIT ?)
            """, [SQLValue(now - jobAge), SQLValue(steady - keyAge), limit])
        let keys = try connection.run(
            """
            UPDATE job SET idempotency_key = NULL, fingerprint = NULL WHERE number IN (
                SELECT number FROM job WHERE deadline < ? AND idempotency_key IS NOT NULL LIMIT ?)
            """, [SQLValue(steady - keyAge), limit])
        let spent = try connection.run(
            """
            DELETE FROM spent_key WHERE (user, idempotency_key) IN (
                SELECT user, idempotency_key FROM spent_key WHERE deadline < ? LIMIT ?)
            """, [SQLValue(steady - keyAge), limit])
        let sessions = try connection.run(
            "DELETE FROM session WHERE id IN (SELECT id FROM session WHERE used_at < ? LIMIT ?)",
            [SQLValue(steady - sessionAge), limit])
        let usage = try connection.run(
            "DELETE FROM usage WHERE job_id IN (SELECT job_id FROM usage WHERE asked_at < ? LIMIT ?)",
            [SQLValue(now - UsageTable.age), limit])
        return max(events, jobs, keys, spent, sessions, usage) == portion
    }
}

extension Timestamp {
    /// The moment `duration` earlier.
    static func - (moment: Timestamp, duration: Duration) -> Timestamp { moment + (.zero - duration) }
}

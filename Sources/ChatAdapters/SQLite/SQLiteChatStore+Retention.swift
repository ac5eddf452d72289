import ChatService
import SQLite
import Support

extension SQLiteChatStore: Retention {
    /// Rows of a table deleted at once, so that nobody waits long for the writer.
    private static let portion = 1_000
    /// Portions deleted in one go: more than can be stored until the next.
    private static let mostPortions = 50
    private static let jobAge = Duration.seconds(7 * 24 * 3600)
    private static let sessionAge = Duration.seconds(7 * 24 * 3600)
    private static let keyAge = Duration.seconds(24 * 3600)

    package func prune() async throws {
        let now = time.now
        for session in hub.all { session.trim(now: now) }
        // What another process stored by a clock that was ahead of ours.
        try await database.write { try self.line($0).clamp() }
        for _ in 0..<Self.mostPortions {
            guard try await database.write({ try Self.prunePortion($0, now) }) else { return }
        }
    }

    /// - Returns: whether there may be more.
    private static func prunePortion(_ connection: Connection, _ now: Timestamp) throws -> Bool {
        let limit = SQLValue(portion)
        // A terminal event stays until its job knows its number: it keeps a second one out.
        let events = try connection.run(
            """
            DELETE FROM event WHERE (session_id, seq) IN (
                SELECT session_id, seq FROM event WHERE created_at < ? AND NOT (terminal = 1 AND EXISTS (
                    SELECT 1 FROM job WHERE job.id = event.job_id AND published_seq IS NULL)) LIMIT ?)
            """, [SQLValue(now - SessionRing.retention), limit])
        let jobs = try connection.run(
            """
            DELETE FROM job WHERE number IN (
                SELECT number FROM job WHERE accepted_at < ? AND published_seq IS NOT NULL LIMIT ?)
            """, [SQLValue(now - jobAge), limit])
        let keys = try connection.run(
            """
            UPDATE job SET idempotency_key = NULL, fingerprint = NULL WHERE number IN (
                SELECT number FROM job WHERE accepted_at < ? AND idempotency_key IS NOT NULL LIMIT ?)
            """, [SQLValue(now - keyAge), limit])
        let sessions = try connection.run(
            "DELETE FROM session WHERE id IN (SELECT id FROM session WHERE used_at < ? LIMIT ?)",
            [SQLValue(now - sessionAge), limit])
        return max(events, jobs, keys, sessions) == portion
    }
}

extension Timestamp {
    /// The moment `duration` earlier.
    static func - (moment: Timestamp, duration: Duration) -> Timestamp { moment + (.zero - duration) }
}

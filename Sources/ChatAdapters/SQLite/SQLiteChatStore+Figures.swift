import ChatService
import SQLite
import Support

extension SQLiteChatStore: StoreHealth {
    /// Rows of a table that only grows that are counted at most.
    private static let mostCounted = 100_000

    package func figures() async throws -> StoreFigures {
        let now = time.now
        var figures = try await database.read { connection in
            var figures = StoreFigures()
            for kind in JobKind.allCases { figures.lines[kind] = StoreFigures.Line() }
            // Open jobs only, which the backlog bounds.
            let groups = try connection.rows(
                """
                SELECT kind, CASE WHEN state = 'leased' THEN 'leased' WHEN parked = 1 THEN 'parked' ELSE 'waiting' END,
                    count(*), min(accepted_at)
                FROM job WHERE is_open = 1 GROUP BY 1, 2
                """, []
            ) { (kind: JobKind(rawValue: $0.text(0)), state: $0.text(1), count: $0.int(2), oldest: $0.timestamp(3)) }
            for group in groups {
                guard let kind = group.kind, var line = figures.lines[kind] else { continue }
                switch group.state {
                case "leased": line.leased = group.count
                case "parked": line.parked = group.count
                default: line.waiting = group.count
                }
                if group.state != "leased" {
                    line.oldestWaiting = max(line.oldestWaiting ?? .zero, now - group.oldest)
                }
                figures.lines[kind] = line
            }
            figures.deadLetters = try Self.count("dead_letter", connection)
            figures.unpublished = try Self.count(
                "job WHERE terminal IS NOT NULL AND published_seq IS NULL", connection)
            return figures
        }
        figures.sessionsInMemory = hub.all.count
        return figures
    }

    /// - Parameter rows: of the program's own words.
    private static func count(_ rows: String, _ connection: Connection) throws -> Int {
        try connection.row("SELECT count(*) FROM (SELECT 1 FROM \(rows) LIMIT ?)", [SQLValue(mostCounted)]) {
            $0.int(0)
        } ?? 0
    }
}

extension SQLiteChatStore: AnswerRecord {
    package func answers(within window: Duration, patience: Duration, limit: Int) async throws -> AnswerTally {
        let now = time.now
        return try await database.read { connection in
            var tally = AnswerTally()
            // A question taken back counts as unanswered when its owner had waited long enough for an answer.
            let groups = try connection.rows(
                """
                SELECT fate, count(*), max(accepted_at) FROM (
                    SELECT accepted_at, CASE
                        WHEN state = 'failed' THEN 'failed'
                        WHEN state <> 'completed' THEN 'unanswered'
                        WHEN json_extract(terminal, '$.metadata.degraded') THEN 'degraded'
                        WHEN json_extract(terminal, '$.grounded') THEN 'good'
                        ELSE 'ungrounded' END AS fate
                    FROM job
                    WHERE kind = 'question' AND accepted_at >= ?1 AND CASE
                        WHEN is_open = 1 THEN accepted_at <= ?2
                        WHEN state = 'cancelled' THEN updated_at - accepted_at >= ?3
                        WHEN json_extract(terminal, '$.metadata.model') = ?5 THEN 0
                        WHEN state = 'failed' AND json_extract(terminal, '$.code') = ?6 THEN 0
                        ELSE 1 END
                    ORDER BY accepted_at DESC LIMIT ?4)
                GROUP BY fate
                """,
                [
                    SQLValue(now - window), SQLValue(now - patience), SQLValue(Int(patience.milliseconds)),
                    SQLValue(limit), SQLValue(AnswerMetadata.smallTalkModel),
                    SQLValue(JobErrorCode.policyDenied.rawValue),
                ]
            ) { (fate: $0.text(0), count: $0.int(1), newest: $0.timestamp(2)) }
            for group in groups {
                switch group.fate {
                case "good": tally.good = group.count
                case "degraded": tally.degraded = group.count
                case "failed": tally.failed = group.count
                case "ungrounded": tally.ungrounded = group.count
                default: tally.unanswered = group.count
                }
                tally.newest = max(tally.newest ?? group.newest, group.newest)
            }
            return tally
        }
    }
}

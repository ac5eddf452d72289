import ChatService
import SQLite
import Support

extension SQLiteChatStore: JobQueue {
    package func lease(_ kind: JobKind, for visibility: Duration) async throws -> Lease? {
        let token = RandomIdentifier.make()
        let (lease, next) = try await database.write(isRepeatable: true) { connection -> (Lease?, Int) in
            let line = self.line(connection)
            var next = 0
            for _ in 0..<Self.mostUnreadable {
                let due = try connection.row(
                    Self.nextDue, [SQLValue(line.steady), SQLValue(line.limits.tries(kind)), SQLValue(kind.rawValue)]
                ) { row in Self.due(row, token) }
                switch due {
                case .lease(let lease):
                    try Self.take(lease, for: visibility, line)
                    return (lease, next)
                case .unreadable(let job, let tries, let error):
                    // Nobody could ever work on it, and all others stand behind it.
                    self.log.error("a job cannot be read and is given up", ["job": job, "error": error])
                    let failure = JobFailure(.internalError, for: kind, cause: "unreadable_job")
                    next += try Self.fail(job: job, tries: tries, failure, line) ?? 0
                case nil: return (nil, next)
                }
            }
            return (nil, next)
        }
        wake(forQuestions: next)
        return lease
    }

    /// Jobs that cannot be read which one call gives up.
    private static let mostUnreadable = 100

    private enum Due {
        case lease(Lease)
        case unreadable(job: String, tries: Int, error: String)
    }

    private static func due(_ row: Row, _ token: String) -> Due {
        let (attempt, tries) = (row.int(JobRow.count), row.int(JobRow.count + 1))
        do {
            return .lease(Lease(job: try JobRow.job(row), attempt: attempt + 1, tries: tries + 1, token: token))
        } catch {
            return .unreadable(job: row.text(0), tries: tries, error: error.label)
        }
    }

    private static func take(_ lease: Lease, for visibility: Duration, _ line: JobLine) throws {
        try line.connection.run(
            """
            UPDATE job SET state = 'leased', lease_token = ?, due_at = ?, attempt = ?, tries = ?, updated_at = ?
            WHERE id = ?
            """,
            [
                SQLValue(lease.token), SQLValue(line.steady + visibility), SQLValue(lease.attempt),
                SQLValue(lease.tries), SQLValue(line.now), SQLValue(lease.job.id),
            ])
    }

    package func renew(_ lease: Lease, for visibility: Duration) async throws -> Bool {
        try await database.write {
            try $0.run(
                "UPDATE job SET due_at = ? WHERE \(Self.held)",
                [SQLValue(self.time.steady + visibility)] + Self.holder(lease)) == 1
        }
    }

    @discardableResult
    package func retry(_ lease: Lease, after delay: Duration, because label: String) async throws -> Bool {
        try await giveBack(lease, after: delay, set: "failures = trim(failures || ' ' || ?)", [SQLValue(label)])
    }

    @discardableResult
    package func release(_ lease: Lease) async throws -> Bool {
        try await giveBack(lease, after: .zero, set: "tries = tries - 1", [])
    }

    package func waitForWork(_ kind: JobKind, within patience: Duration) async {
        await arrivals(kind).wait(within: patience, time: time)
    }

    package func depth() async throws -> Int {
        try await database.read { try $0.row("SELECT sum(open) FROM backlog", [], { $0.int(0) }) ?? 0 }
    }

    private func giveBack(_ lease: Lease, after delay: Duration, set change: String, _ values: [SQLValue]) async throws
        -> Bool
    {
        let wait = min(delay, JobLimits.longestWait)
        let isBack = try await database.write {
            let line = self.line($0)
            let count = try $0.run(
                """
                UPDATE job SET \(change), state = 'waiting', lease_token = NULL, due_at = ?, updated_at = ?
                WHERE \(Self.held)
                """, values + [SQLValue(line.steady + wait), SQLValue(line.now)] + Self.holder(lease))
            guard count == 1 else { return false }
            try Self.setStage(.queued, ofJob: lease.job.id, at: line.now, $0)
            return true
        }
        if isBack && delay <= .zero { arrivals(lease.job.kind).arrive() }
        return isBack
    }

    /// The job of kind ?3 that has been due for longest at ?1, with fewer than ?2 tries.
    static let nextDue = """
        SELECT \(JobRow.columns), attempt, tries FROM \(JobRow.tables)
        WHERE is_open = 1 AND parked = 0 AND kind = ?3 AND due_at <= ?1 AND deadline > ?1 AND tries < ?2
        ORDER BY due_at, number LIMIT 1
        """

    /// The condition under which a lease is still held; its arguments are `holder`.
    static let held = "id = ? AND state = 'leased' AND lease_token = ? AND attempt = ?"

    static func holder(_ lease: Lease) -> [SQLValue] {
        [SQLValue(lease.job.id), SQLValue(lease.token), SQLValue(lease.attempt)]
    }
}

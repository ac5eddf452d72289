import ChatService
import SQLite
import Support

extension SQLiteChatStore: JobQueue {
    package func lease(_ kind: JobKind, for visibility: Duration) async throws -> Lease? {
        let token = RandomIdentifier.make()
        return try await database.write(isRepeatable: true) { connection in
            let line = self.line(connection)
            let due = try connection.row(
                Self.nextDue, [SQLValue(line.steady), SQLValue(line.limits.tries(kind)), SQLValue(kind.rawValue)]
            ) { row in
                Lease(
                    job: try JobRow.job(row), attempt: row.int(JobRow.count) + 1, tries: row.int(JobRow.count + 1) + 1,
                    token: token)
            }
            guard let due else { return nil }
            try connection.run(
                """
                UPDATE job SET state = 'leased', lease_token = ?, due_at = ?, attempt = ?, tries = ?, updated_at = ?
                WHERE id = ?
                """,
                [
                    SQLValue(token), SQLValue(line.steady + visibility), SQLValue(due.attempt), SQLValue(due.tries),
                    SQLValue(line.now), SQLValue(due.job.id),
                ])
            return due
        }
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

import ChatService
import Support

/// The queue as a process reaches it that can be stopped: no call begins or returns while it is.
struct StoppableQueue: JobQueue {
    let queue: any JobQueue
    let freezer: Freezer

    func lease(_ kind: JobKind, for visibility: Duration) async throws -> Lease? {
        try await passing { try await queue.lease(kind, for: visibility) }
    }

    func renew(_ lease: Lease, for visibility: Duration) async throws -> Bool {
        try await passing { try await queue.renew(lease, for: visibility) }
    }

    func retry(_ lease: Lease, after delay: Duration, because label: String) async throws -> Bool {
        try await passing { try await queue.retry(lease, after: delay, because: label) }
    }

    func release(_ lease: Lease) async throws -> Bool { try await passing { try await queue.release(lease) } }

    func waitForWork(_ kind: JobKind, within patience: Duration) async {
        await queue.waitForWork(kind, within: patience)
        await freezer.pass()
    }

    func depth() async throws -> Int { try await queue.depth() }

    private func passing<Value>(_ body: () async throws -> Value) async throws -> Value {
        await freezer.pass()
        let result: Result<Value, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        await freezer.pass()
        return try result.get()
    }
}

/// The ledger as a process reaches it that can be stopped.
struct StoppableLedger: JobLedger {
    let ledger: any JobLedger
    let freezer: Freezer
    /// Outcomes that were refused, because the lease was lost.
    let refused: Locked<Int>

    func finish(_ lease: Lease, with outcome: JobOutcome) async throws -> Bool {
        await freezer.pass()
        let isTaken = try await ledger.finish(lease, with: outcome)
        if !isTaken { refused.withLock { $0 += 1 } }
        return isTaken
    }

    func end(job id: String, with failure: JobFailure) async throws -> Bool {
        await freezer.pass()
        return try await ledger.end(job: id, with: failure)
    }

    func overdue(limit: Int) async throws -> [OverdueJob] { try await ledger.overdue(limit: limit) }

    func unpublished(limit: Int) async throws -> [TerminalEvent] { try await ledger.unpublished(limit: limit) }

    func unpublished(job id: String) async throws -> TerminalEvent? {
        await freezer.pass()
        return try await ledger.unpublished(job: id)
    }

    func published(job id: String, seq: Int64) async throws {
        await freezer.pass()
        try await ledger.published(job: id, seq: seq)
    }

    func record(job id: String) async throws -> JobRecord? { try await ledger.record(job: id) }
}

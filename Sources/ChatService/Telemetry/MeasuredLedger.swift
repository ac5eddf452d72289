import Support

/// A ledger that counts the ends that are committed in it: each job's once.
package struct MeasuredLedger: JobLedger {
    private let ledger: any JobLedger
    private let metrics: ChatMetrics
    private let time: any TimeSource

    package init(_ ledger: any JobLedger, _ metrics: ChatMetrics, time: any TimeSource = SystemTime()) {
        self.ledger = ledger
        self.metrics = metrics
        self.time = time
    }

    package func finish(_ lease: Lease, with outcome: JobOutcome) async throws -> Bool {
        let isOurs = try await ledger.finish(lease, with: outcome)
        if isOurs { metrics.finished(lease, outcome, at: time.steady) }
        return isOurs
    }

    package func end(job id: String, with failure: JobFailure) async throws -> Bool {
        // Counting must not keep a job from its end.
        let job = try? await ledger.record(job: id)?.job
        let hasEnded = try await ledger.end(job: id, with: failure)
        if hasEnded {
            metrics.ended(
                job?.kind ?? .question, failure, after: job.map { metrics.age($0, at: time.steady) })
        }
        return hasEnded
    }

    package func overdue(limit: Int) async throws -> [OverdueJob] { try await ledger.overdue(limit: limit) }

    package func unpublished(limit: Int) async throws -> [TerminalEvent] { try await ledger.unpublished(limit: limit) }

    package func unpublished(job id: String) async throws -> TerminalEvent? {
        try await ledger.unpublished(job: id)
    }

    package func published(job id: String, seq: Int64) async throws { try await ledger.published(job: id, seq: seq) }

    package func record(job id: String) async throws -> JobRecord? { try await ledger.record(job: id) }
}

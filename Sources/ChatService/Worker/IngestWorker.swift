import Support

/// How documents are ingested.
package struct IngestParameters: Sendable {
    /// Documents in hand at once.
    package var concurrency = 1
    /// How long a lease lasts; renewed when a third of it has passed.
    package var visibility = Duration.seconds(30)
    package var poll = Duration.seconds(2)
    /// What one try may take: more than any document that the extractor's own limits let through.
    package var limit = Duration.seconds(3 * 3600)
    /// Between two words about mere progress: at most four a second.
    package var progressInterval = Duration.milliseconds(250)
    /// For trouble that passes when somebody makes room on the disk, say.
    package var backoff = Backoff(base: .seconds(30), cap: .seconds(600))
    /// After that many tries a document is given up; the queue's own limit is the same.
    package var tries = JobLimits().documentTries

    package init() {}
}

/// Takes uploaded documents from the queue and brings them into their courses, beside the workers that answer.
///
/// Shutting down means: no new lease, and what is in hand is handed back at once, for a book takes longer than any grace
/// period; that try does not count, and the document is read again at the next start.
package final class IngestWorker: Service {
    package let name = "ingest worker"
    private let loop: LeaseLoop
    private let run: IngestRun

    package init(
        queue: any JobQueue, ledger: any JobLedger, documents: any DocumentIntake, sessions: any Sessions,
        ingesting: any DocumentIngesting, originals: OriginalShelf, running: RunningJobs,
        parameters: IngestParameters = IngestParameters(), tracer: Tracer? = nil, time: any TimeSource = SystemTime(),
        log: Log
    ) {
        loop = LeaseLoop(
            queue: queue, kind: .document, concurrency: parameters.concurrency, visibility: parameters.visibility,
            poll: parameters.poll, log: log)
        run = IngestRun(
            queue: queue, ledger: ledger, documents: documents, sessions: sessions, ingesting: ingesting,
            originals: originals, publisher: TerminalPublisher(ledger: ledger, sessions: sessions, log: log),
            running: running, parameters: parameters, tracer: tracer, time: time, log: log)
    }

    package func run() async throws {
        let (loop, run) = (loop, run)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await loop.run { await run.run($0) } }
            group.addTask { await loop.stopped() }
            await group.next()
            group.cancelAll()
        }
    }

    package func shutDown() async { loop.stop() }
}

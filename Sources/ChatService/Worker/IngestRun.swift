import Support

/// One lease of a document from its beginning to its end: ingest, keep the lease, tell the session, commit the outcome.
struct IngestRun: Sendable {
    let queue: any JobQueue
    let ledger: any JobLedger
    let documents: any DocumentIntake
    let sessions: any Sessions
    let ingesting: any DocumentIngesting
    let originals: OriginalShelf
    let publisher: TerminalPublisher
    let running: RunningJobs
    let parameters: IngestParameters
    let tracer: Tracer?
    let time: any TimeSource
    let log: Log

    /// Works on `lease` until it has an outcome, is lost, or the task is cancelled: then the job is handed back.
    func run(_ lease: Lease) async {
        await JobTrace.attempt("ingest document", at: lease, tracer) { await work(lease) }
    }

    private func work(_ lease: Lease) async {
        let log = log.with([
            "job": lease.job.id, "attempt": "\(lease.attempt)", "trace": lease.job.traceID,
            "course": lease.job.course.name, "document": lease.job.task.document?.documentID ?? "",
        ])
        let started = time.elapsed
        let pump = ProgressPump(
            lease: lease, documents: documents, sessions: sessions, interval: parameters.progressInterval, time: time,
            log: log)
        let entry = running.enter(lease.job.id)
        defer { running.leave(lease.job.id, entry) }
        // Whoever deleted the document before this moment found nobody to wait for: only a lease that is still held may go
        // on.
        guard let wasEmpty = await begin(lease, log) else { return }
        // Not a child: it ends with `close`, always called, and a state that was reported is told.
        let pumping = Task { await pump.run() }
        let work = LeasedWork(queue: queue, visibility: parameters.visibility, time: time, log: log)
        let ending = await work.run(lease, limit: parameters.limit, until: entry.cancelled) {
            guard let document = lease.job.task.document else { throw NotADocument() }
            return try await ingesting.ingest(document, into: lease.job.course) { pump.report($0) }
        }
        pump.close()
        await pumping.value
        let took = (time.elapsed - started).milliseconds
        // Not a child: the write that records an outcome is shielded from the cancellation of this task.
        await Task {
            await conclude(lease, ending, log.with(["duration_ms": "\(took)"]))
            if wasEmpty { await takeOutIfDeleted(lease, log) }
        }.value
    }

    /// Renews the lease at once.
    /// - Returns: whether the course has no version of the document yet; nil when the lease is lost, or may be.
    private func begin(_ lease: Lease, _ log: Log) async -> Bool? {
        do {
            guard try await queue.renew(lease, for: parameters.visibility) else {
                log.info("document no longer ours")
                return nil
            }
        } catch {
            // The lease runs out, and the document is tried again.
            log.warning("lease not renewed", ["error": error.label])
            return nil
        }
        guard let id = lease.job.task.document?.documentID else { return false }
        // A course that cannot be opened is the ingester's to report.
        do {
            return try await originals.courses.document(id, of: lease.job.course) == nil
        } catch {
            return false
        }
    }

    /// Takes a document that was stored although it had been deleted meanwhile out again. One that a newer upload owns, or
    /// whose row is still there, is its owner's.
    private func takeOutIfDeleted(_ lease: Lease, _ log: Log) async {
        guard let document = lease.job.task.document else { return }
        let course = lease.job.course
        do {
            guard try await ledger.record(job: lease.job.id)?.status == .cancelled,
                try await documents.pending(document: document.documentID, in: course) == nil,
                try await originals.courses.document(document.documentID, of: course)?.contentHash
                    == document.contentHash
            else { return }
            try await originals.courses.remove(document.documentID, from: course)
            await originals.dropIfUnused(document.contentHash)
            log.info("document taken out again, it was deleted meanwhile")
        } catch {
            log.error("a deleted document may be left in its course", ["error": error.label])
        }
    }

    private func conclude(_ lease: Lease, _ ending: LeasedWork.Ending<IngestedSummary>, _ log: Log) async {
        JobTrace.note(ending)
        do {
            switch ending {
            case .done(let summary):
                try await finish(lease, .ingested(summary), log)
                if let former = summary.formerHash { await originals.dropIfUnused(former) }
            case .failed(let error):
                try await fail(lease, error, log)
            case .overdue:
                try await finish(lease, .failed(JobFailure(.deadlineExceeded, for: .document)), log)
            case .stopped:
                log.info("document handed back")
                try await queue.release(lease)
            case .leaseLost, .cancelled:
                log.info("document no longer ours")
            }
        } catch {
            // The lease runs out, and the document is tried again.
            log.error("outcome not recorded", ["error": error.label])
        }
    }

    private func fail(_ lease: Lease, _ error: any Error, _ log: Log) async throws {
        if Self.isFinal(error) {
            log.warning("document failed", ["cause": error.label])
            let failure = JobFailure(.documentFailed, for: .document, message: error.sentence, cause: error.label)
            return try await finish(lease, .failed(failure), log)
        }
        let wait = parameters.backoff.wait(afterAttempt: lease.tries)
        guard lease.tries < parameters.tries, time.steady + wait < lease.job.deadline else {
            log.warning("document failed for good", ["cause": error.label])
            let sentence = (error as? any ExplainedError)?.description
            let failure = JobFailure(.internalError, for: .document, message: sentence, cause: error.label)
            return try await finish(lease, .failed(failure), log)
        }
        log.info("document will be tried again", ["cause": error.label, "wait_ms": "\(wait.milliseconds)"])
        let status = DocumentStatus(
            jobId: lease.job.id, documentId: lease.job.task.document?.documentID ?? "", state: .queued)
        try await sessions.append(.documentStatus(status), to: lease.job.sessionID)
        try await queue.retry(lease, after: wait, because: error.label)
    }

    /// Whether another try would meet the same: the file is what it is. A full disk is not.
    private static func isFinal(_ error: any Error) -> Bool {
        error is DocumentRejected || error is CourseGone
    }

    private func finish(_ lease: Lease, _ outcome: JobOutcome, _ log: Log) async throws {
        guard try await ledger.finish(lease, with: outcome) else { return log.info("document no longer ours") }
        await publisher.publish(job: lease.job.id)
        log.info("document finished")
    }

    private struct NotADocument: Error {}
}

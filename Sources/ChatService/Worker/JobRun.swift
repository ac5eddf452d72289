import Support

/// One lease of a question from its beginning to its end: answer, keep the lease, tell the session, commit the outcome.
struct JobRun: Sendable {
    let queue: any JobQueue
    let ledger: any JobLedger
    let history: any History
    let sessions: any Sessions
    let answering: any Answering
    let publisher: TerminalPublisher
    let running: RunningJobs
    let parameters: WorkerParameters
    let metrics: ChatMetrics
    /// Of this process, for all its jobs: an outage shall not be multiplied by their tries.
    let retries: Locked<RetryBudget>
    let time: any TimeSource
    let log: Log

    /// Works on `lease` until it has an outcome, is lost, or the task is cancelled: then the job is handed back.
    func run(_ lease: Lease) async {
        await JobTrace.attempt("answer question", at: lease, metrics.tracer) { await work(lease) }
    }

    private func work(_ lease: Lease) async {
        let log = log.with([
            "job": lease.job.id, "attempt": "\(lease.attempt)", "trace": lease.job.traceID,
        ])
        let started = time.elapsed
        let pump = EventPump(
            lease: lease, sessions: sessions, coalescing: parameters.coalescing, time: time, log: log)
        let entry = running.enter(lease.job.id)
        defer { running.leave(lease.job.id, entry) }
        // Not a child: what was reported is sent also when this task is cancelled. It ends with `close`, always called.
        let pumping = Task { await pump.run() }
        let isWriting = Locked(false)
        let work = LeasedWork(queue: queue, visibility: parameters.visibility, time: time, log: log)
        let ending = await work.run(lease, until: entry.cancelled) {
            try await answer(lease, pump, isWriting)
        }
        if case .done = ending { pump.close(dropping: false) } else { pump.close(dropping: true) }
        await pumping.value
        // Not a child: the write that records an outcome is shielded from the cancellation of this task.
        let leaving = Latch()
        let told = log.with(["duration_ms": "\((time.elapsed - started).milliseconds)"])
        await withTaskCancellationHandler {
            await Task { await conclude(lease, ending, leaving, isWriting.withLock { $0 }, told) }.value
        } onCancel: {
            leaving.open()
        }
    }

    /// - Parameter isWriting: made true when a model is asked.
    private func answer(_ lease: Lease, _ pump: EventPump, _ isWriting: Locked<Bool>) async throws -> Answer {
        let job = lease.job
        guard let asked = job.task.question else {
            throw AnsweringError(.internalError, JobErrorCode.internalError.message, cause: "not_a_question")
        }
        let turns: [Turn]
        if let given = asked.given {
            turns = given.suffix(parameters.historyTurns)
        } else {
            turns = try await history.turns(before: asked, limit: parameters.historyTurns)
        }
        let question = Question(
            text: asked.text, course: job.course, mode: asked.mode, history: turns,
            deadline: time.elapsed + (job.deadline - time.steady), asker: asked.asker)
        let stopwatch = AnswerStopwatch(lease, metrics, time)
        defer { stopwatch.stop() }
        return try await answering.answer(question) { step in
            stopwatch.note(step)
            if case .generating = step { isWriting.withLock { $0 = true } }
            pump.report(step)
        }
    }

    /// - Parameters:
    ///   - leaving: opened when the process does not wait any longer for a store that cannot be written to.
    ///   - wasWriting: whether a model was asked.
    private func conclude(
        _ lease: Lease, _ ending: LeasedWork.Ending<Answer>, _ leaving: Latch, _ wasWriting: Bool, _ log: Log
    ) async {
        JobTrace.note(ending)
        do {
            switch ending {
            case .done(let answer):
                retries.withLock { $0.succeeded(wasRetry: lease.tries > 1) }
                try await finish(lease, .answered(answer, messageID: RandomIdentifier.make(at: time.now)), leaving, log)
            case .failed(let error):
                try await fail(lease, JobFault(error), leaving, log)
            case .overdue:
                var failure = JobFailure(.deadlineExceeded)
                failure.wasPaid = wasWriting
                try await finish(lease, .failed(failure), leaving, log)
            case .stopped:
                log.info("job handed back")
                try await queue.release(lease)
            case .leaseLost, .cancelled:
                log.info("job no longer ours")
            }
        } catch {
            // The lease runs out, and the job is tried again.
            log.error("outcome not recorded", ["error": error.label])
        }
    }

    private func fail(_ lease: Lease, _ fault: JobFault, _ leaving: Latch, _ log: Log) async throws {
        let wait = fault.wait(parameters.backoff, tries: lease.tries)
        let isLast = lease.tries >= parameters.tries || time.steady + wait >= lease.job.deadline
        guard fault.isTransient, !isLast, retries.withLock({ $0.takeRetry(at: time.elapsed) }) else {
            log.warning("job failed for good", ["code": fault.failure.code.rawValue, "cause": fault.failure.cause])
            return try await finish(lease, .failed(fault.failure), leaving, log)
        }
        log.info("job will be tried again", ["cause": fault.failure.cause, "wait_ms": "\(wait.milliseconds)"])
        let retrying = ChatEvent.Status(jobId: lease.job.id, state: .retrying, attempt: lease.attempt)
        try await sessions.append(.status(retrying), to: lease.job.sessionID)
        try await queue.retry(lease, after: wait, because: fault.failure.cause)
    }

    private func finish(_ lease: Lease, _ outcome: JobOutcome, _ leaving: Latch, _ log: Log) async throws {
        let write = OutcomeWrite(
            queue: queue, ledger: ledger, visibility: parameters.visibility, time: time, log: log)
        guard try await write.commit(outcome, of: lease, until: leaving) else {
            return log.info("job no longer ours")
        }
        await publisher.publish(job: lease.job.id)
        log.info("job finished")
    }
}

import Support

/// One lease from its beginning to its end: answer, keep the lease, tell the session, commit the outcome.
struct JobRun: Sendable {
    /// What ended the work.
    private enum Ending: Sendable {
        case answered(Answer)
        case failed(any Error)
        case leaseLost
        case overdue
        /// By the owner, who also committed the outcome.
        case cancelled
        /// The process shuts down.
        case stopped
    }

    let queue: any JobQueue
    let ledger: any JobLedger
    let history: any History
    let sessions: any Sessions
    let answering: any Answering
    let publisher: TerminalPublisher
    let running: RunningJobs
    let parameters: WorkerParameters
    let time: any TimeSource
    let log: Log

    /// Works on `lease` until it has an outcome, is lost, or the task is cancelled: then the job is handed back.
    func run(_ lease: Lease) async {
        let log = log.with([
            "job": lease.job.id, "attempt": "\(lease.attempt)", "trace": lease.job.traceID,
        ])
        let pump = EventPump(
            lease: lease, sessions: sessions, coalescing: parameters.coalescing, time: time, log: log)
        let cancelled = running.enter(lease.job.id)
        defer { running.leave(lease.job.id, cancelled) }
        // Not a child: what was reported is sent also when this task is cancelled. It ends with `close`, always called.
        let pumping = Task { await pump.run() }
        let ending = await race(lease, pump, cancelled)
        if case .answered = ending { pump.close(dropping: false) } else { pump.close(dropping: true) }
        await pumping.value
        // Not a child: the write that records an outcome is shielded from the cancellation of this task.
        await Task { await conclude(lease, ending, log) }.value
    }

    /// Answers while the lease, the deadline and the owner allow it.
    private func race(_ lease: Lease, _ pump: EventPump, _ cancelled: Latch) async -> Ending {
        await withTaskGroup(of: Ending?.self) { group in
            group.addTask {
                do {
                    return .answered(try await answer(lease, pump))
                } catch {
                    return Task.isCancelled ? nil : .failed(error)
                }
            }
            group.addTask { await keep(lease) ? nil : .leaseLost }
            group.addTask {
                do {
                    try await time.sleep(for: lease.job.deadline - time.now)
                    return .overdue
                } catch {
                    return nil
                }
            }
            group.addTask {
                await cancelled.wait()
                return cancelled.isOpen ? .cancelled : nil
            }
            while let ending = await group.next() {
                guard let ending else { continue }
                group.cancelAll()
                return ending
            }
            return .stopped
        }
    }

    private func answer(_ lease: Lease, _ pump: EventPump) async throws -> Answer {
        let job = lease.job
        let turns = try await history.turns(before: job, limit: parameters.historyTurns)
        let question = Question(
            text: job.question, course: job.course, mode: job.mode, history: turns,
            deadline: time.elapsed + (job.deadline - time.now))
        return try await answering.answer(question) { pump.report($0) }
    }

    /// Renews the lease until the task is cancelled.
    /// - Returns: false when the lease is lost.
    private func keep(_ lease: Lease) async -> Bool {
        var sure = time.elapsed + parameters.visibility
        while true {
            do {
                try await time.sleep(for: parameters.visibility / 3)
                let renewed = time.elapsed
                guard try await queue.renew(lease, for: parameters.visibility) else { return false }
                sure = renewed + parameters.visibility
            } catch is CancellationError {
                return true
            } catch {
                log.warning("lease not renewed", ["job": lease.job.id, "error": error.label])
                // Another worker may have the job by now; working on would only cost money.
                if time.elapsed >= sure { return false }
            }
        }
    }

    private func conclude(_ lease: Lease, _ ending: Ending, _ log: Log) async {
        do {
            switch ending {
            case .answered(let answer):
                try await finish(lease, .answered(answer, messageID: RandomIdentifier.make()), log)
            case .failed(let error):
                try await fail(lease, JobFault(error), log)
            case .overdue:
                try await finish(lease, .failed(JobFailure(.deadlineExceeded)), log)
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

    private func fail(_ lease: Lease, _ fault: JobFault, _ log: Log) async throws {
        let wait = max(parameters.backoff.wait(afterAttempt: lease.tries), fault.retryAfter ?? .zero)
        let isLast = lease.tries >= parameters.tries || time.now + wait >= lease.job.deadline
        guard fault.isTransient, !isLast else {
            log.warning("job failed for good", ["code": fault.failure.code.rawValue, "cause": fault.failure.cause])
            return try await finish(lease, .failed(fault.failure), log)
        }
        log.info("job will be tried again", ["cause": fault.failure.cause, "wait_ms": "\(wait.milliseconds)"])
        let retrying = ChatEvent.Status(jobId: lease.job.id, state: .retrying, attempt: lease.attempt)
        try await sessions.append(.status(retrying), to: lease.job.sessionID)
        try await queue.retry(lease, after: wait, because: fault.failure.cause)
    }

    private func finish(_ lease: Lease, _ outcome: JobOutcome, _ log: Log) async throws {
        guard try await ledger.finish(lease, with: outcome) else {
            return log.info("job no longer ours")
        }
        await publisher.publish(job: lease.job.id)
        log.info("job finished")
    }
}

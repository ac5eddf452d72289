import Support

/// Takes questions from the queue and answers them, a few at a time.
///
/// Shutting down means: no new lease, jobs in hand are finished; when the task is cancelled, what is still in hand is
/// handed back and the try does not count.
package final class Worker: Service {
    package let name = "worker"
    private let loop: LeaseLoop
    private let run: JobRun

    package init(
        queue: any JobQueue, ledger: any JobLedger, history: any History, sessions: any Sessions,
        answering: any Answering, running: RunningJobs, parameters: WorkerParameters = WorkerParameters(),
        metrics: ChatMetrics = ChatMetrics(), time: any TimeSource = SystemTime(), log: Log
    ) {
        loop = LeaseLoop(
            queue: queue, kind: .question, concurrency: parameters.concurrency, visibility: parameters.visibility,
            poll: parameters.poll, log: log)
        run = JobRun(
            queue: queue, ledger: ledger, history: history, sessions: sessions, answering: answering,
            publisher: TerminalPublisher(ledger: ledger, sessions: sessions, log: log), running: running,
            parameters: parameters, metrics: metrics, retries: Locked(RetryBudget(at: time.elapsed)), time: time,
            log: log)
    }

    package func run() async throws { await loop.run { [run] in await run.run($0) } }

    package func shutDown() async { loop.stop() }
}

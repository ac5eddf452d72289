import Support

/// Takes jobs from the queue and answers them, a few at a time.
///
/// Shutting down means: no new lease, jobs in hand are finished; when the task is cancelled, what is still in hand is
/// handed back and the try does not count.
package final class Worker: Service {
    package let name = "worker"
    private let queue: any JobQueue
    private let run: JobRun
    private let parameters: WorkerParameters
    private let log: Log
    private let stopping = Latch()

    package init(
        queue: any JobQueue, ledger: any JobLedger, history: any History, sessions: any Sessions,
        answering: any Answering, running: RunningJobs, parameters: WorkerParameters = WorkerParameters(),
        time: any TimeSource = SystemTime(), log: Log
    ) {
        self.queue = queue
        self.parameters = parameters
        self.log = log
        run = JobRun(
            queue: queue, ledger: ledger, history: history, sessions: sessions, answering: answering,
            publisher: TerminalPublisher(ledger: ledger, sessions: sessions, log: log), running: running,
            parameters: parameters, time: time, log: log)
    }

    package func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<parameters.concurrency { group.addTask { await self.work() } }
        }
    }

    package func shutDown() async { stopping.open() }

    /// One job after another.
    private func work() async {
        while !stopping.isOpen && !Task.isCancelled {
            do {
                if let lease = try await queue.lease(for: parameters.visibility) {
                    await run.run(lease)
                    continue
                }
            } catch is CancellationError {
                return
            } catch {
                log.error("no job can be leased", ["error": error.label])
            }
            await pause()
        }
    }

    /// Until there may be a job, or there shall be no more.
    private func pause() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.queue.waitForWork(within: self.parameters.poll) }
            group.addTask { await self.stopping.wait() }
            await group.next()
            group.cancelAll()
        }
    }
}

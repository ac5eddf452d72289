import Support

/// Keeps the promises that no worker can keep: ends jobs past their deadline, publishes what a crash left unpublished,
/// deletes what is past its time.
package final class Sweeper: Service {
    package let name = "sweeper"
    /// How often jobs are looked at; what is late is late by no more.
    package static let interval = Duration.seconds(1)
    /// Rounds between two prunings.
    private static let roundsPerPruning = 60

    private let ledger: any JobLedger
    private let retention: any Retention
    private let publisher: TerminalPublisher
    private let running: RunningJobs
    private let time: any TimeSource
    private let log: Log
    private let stopping = Latch()
    private let trouble = Trouble()

    package init(
        ledger: any JobLedger, sessions: any Sessions, retention: any Retention, running: RunningJobs,
        time: any TimeSource = SystemTime(), log: Log
    ) {
        self.ledger = ledger
        self.retention = retention
        self.running = running
        self.time = time
        self.log = log
        publisher = TerminalPublisher(ledger: ledger, sessions: sessions, log: log)
    }

    package func run() async throws {
        var round = 0
        while !stopping.isOpen && !Task.isCancelled {
            await sweep(pruning: round % Self.roundsPerPruning == 0)
            round += 1
            await pause()
        }
    }

    package func shutDown() async { stopping.open() }

    /// One round; what fails is tried again in the next.
    package func sweep(pruning: Bool) async {
        do {
            for job in try await ledger.overdue(limit: 100) {
                guard try await ledger.end(job: job.id, with: job.failure) else { continue }
                log.warning("job ended by the sweeper", ["job": job.id, "cause": job.failure.cause])
                running.cancel(job.id)
            }
            try await publisher.publishLeftovers()
            if pruning { try await retention.prune() }
            if trouble.ends() { log.info("sweeping again") }
        } catch is CancellationError {
            return
        } catch {
            if trouble.begins(error) { log.error("sweep failed", ["error": error.label]) }
        }
    }

    private func pause() async {
        await withTaskGroup(of: Void.self) { group in
            // Cancelled when the sweeper stops; nothing to do then.
            group.addTask { try? await self.time.sleep(for: Self.interval) }
            group.addTask { await self.stopping.wait() }
            await group.next()
            group.cancelAll()
        }
    }
}

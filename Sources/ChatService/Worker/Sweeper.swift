import Support

/// Keeps the promises that no worker can keep: ends jobs past their deadline, publishes what a crash left unpublished,
/// deletes what is past its time.
package final class Sweeper: Service {
    package let name = "sweeper"
    /// How often jobs are looked at; what is late is late by no more.
    package static let interval = Duration.seconds(1)
    /// Rounds between two prunings.
    private static let roundsPerPruning = 60
    /// Jobs ended at once.
    private static let portion = 100

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
            while try await endOverdue() == Self.portion && !stopping.isOpen { try await publisher.publishLeftovers() }
            try await publisher.publishLeftovers()
            if pruning { try await retention.prune() }
            if trouble.ends() { log.info("sweeping again") }
        } catch is CancellationError {
            return
        } catch {
            if trouble.begins(error) { log.error("sweep failed", ["error": error.label]) }
        }
    }

    /// Ends a portion of the jobs that are due to end. A whole backlog may be, in the same seconds; ended together, they
    /// share the wait for the disk, and none has to wait for another's trouble.
    /// - Returns: how many were ended.
    private func endOverdue() async throws -> Int {
        let count = Locked(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for job in try await ledger.overdue(limit: Self.portion) {
                group.addTask {
                    guard try await self.ledger.end(job: job.id, with: job.failure) else { return }
                    self.log.warning("job ended by the sweeper", ["job": job.id, "cause": job.failure.cause])
                    self.running.cancel(job.id)
                    count.withLock { $0 += 1 }
                }
            }
            // The first error is thrown when all have ended.
            try await group.waitForAll()
        }
        return count.withLock { $0 }
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

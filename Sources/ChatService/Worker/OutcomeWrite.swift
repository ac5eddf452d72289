import Support

/// Commits the outcome of a lease, and goes on trying while the store cannot be written to: an answer is not thrown away,
/// and no try used up, because a disk is full for a while.
struct OutcomeWrite: Sendable {
    /// Between two tries.
    static let pause = Duration.seconds(1)

    let queue: any JobQueue
    let ledger: any JobLedger
    let visibility: Duration
    let time: any TimeSource
    let log: Log

    /// Keeps the lease while it tries, as far as that can be written.
    /// - Parameter leaving: opened when the process wants to end; then one more try decides.
    /// - Returns: false when the lease is lost.
    /// - Throws: what the last try threw, when the job's time was over or the process wanted to end.
    func commit(_ outcome: JobOutcome, of lease: Lease, until leaving: Latch) async throws -> Bool {
        var isLate = false
        while true {
            do {
                let isOurs = try await ledger.finish(lease, with: outcome)
                if isLate { log.info("outcome recorded after all") }
                return isOurs
            } catch {
                guard !leaving.isOpen, time.steady < lease.job.deadline else { throw error }
                if !isLate { log.error("outcome not recorded yet", ["error": error.label]) }
                isLate = true
            }
            await rest(leaving)
            // What cannot be renewed just now is not lost yet: that is for the next try to find out.
            if let isOurs = try? await queue.renew(lease, for: visibility), !isOurs { return false }
        }
    }

    private func rest(_ leaving: Latch) async {
        await withTaskGroup(of: Void.self) { group in
            // Cancelled when the process wants to end; nothing to do then.
            group.addTask { try? await time.sleep(for: Self.pause) }
            group.addTask { await leaving.wait() }
            await group.next()
            group.cancelAll()
        }
    }
}

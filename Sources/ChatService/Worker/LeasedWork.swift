import Support

/// Work under a lease: goes on while the lease, the deadline and the owner allow it.
struct LeasedWork: Sendable {
    /// What ended the work.
    enum Ending<Value: Sendable>: Sendable {
        case done(Value)
        case failed(any Error)
        case leaseLost
        case overdue
        /// By the owner, who also committed the outcome.
        case cancelled
        /// The process shuts down.
        case stopped
    }

    let queue: any JobQueue
    let visibility: Duration
    let time: any TimeSource
    let log: Log

    /// Runs `body`, which is cancelled and waited for when something else ends the work first.
    /// - Parameters:
    ///   - limit: how long the work may take, if that ends before the job's deadline.
    ///   - cancelled: opened when the owner wants no more of it.
    func run<Value: Sendable>(
        _ lease: Lease, limit: Duration? = nil, until cancelled: Latch,
        _ body: @escaping @Sendable () async throws -> Value
    ) async -> Ending<Value> {
        await withTaskGroup(of: Ending<Value>?.self) { group in
            group.addTask {
                do {
                    return .done(try await body())
                } catch {
                    return Task.isCancelled ? nil : .failed(error)
                }
            }
            group.addTask { await keep(lease) ? nil : .leaseLost }
            group.addTask {
                do {
                    let left = lease.job.deadline - time.steady
                    try await time.sleep(for: limit.map { min($0, left) } ?? left)
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

    /// Renews the lease until the task is cancelled.
    /// - Returns: false when the lease is lost.
    private func keep(_ lease: Lease) async -> Bool {
        var sure = time.elapsed + visibility
        while true {
            do {
                try await time.sleep(for: visibility / 3)
                let renewed = time.elapsed
                guard try await queue.renew(lease, for: visibility) else { return false }
                sure = renewed + visibility
            } catch is CancellationError {
                return true
            } catch {
                log.warning("lease not renewed", ["job": lease.job.id, "error": error.label])
                // Another worker may have the job by now; working on would only cost money.
                if time.elapsed >= sure { return false }
            }
        }
    }
}

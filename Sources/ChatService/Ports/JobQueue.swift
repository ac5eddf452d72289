/// The queue from which workers take jobs. Delivery is at least once; `JobLedger` makes the outcome exactly once.
package protocol JobQueue: Sendable {
    /// Takes the oldest job of that kind that is due and hides it from other workers for `visibility`; nil when none is
    /// due.
    func lease(_ kind: JobKind, for visibility: Duration) async throws -> Lease?

    /// Hides the job for another `visibility` from now on.
    /// - Returns: false when the lease is lost: another worker has the job, or it has ended.
    func renew(_ lease: Lease, for visibility: Duration) async throws -> Bool

    /// Gives the job back to be tried again after `delay`, noting the closed label of what went wrong.
    /// - Returns: false when the lease is lost.
    @discardableResult
    func retry(_ lease: Lease, after delay: Duration, because label: String) async throws -> Bool

    /// Hands the job back at once; the try does not count.
    /// - Returns: false when the lease is lost.
    @discardableResult
    func release(_ lease: Lease) async throws -> Bool

    /// Returns when a job of that kind may have become due, at the latest after `patience`, and when the task is cancelled.
    func waitForWork(_ kind: JobKind, within patience: Duration) async

    /// Jobs that have not ended.
    func depth() async throws -> Int
}

extension JobQueue {
    /// Takes the oldest question that is due.
    package func lease(for visibility: Duration) async throws -> Lease? { try await lease(.question, for: visibility) }

    /// Waits for a question.
    package func waitForWork(within patience: Duration) async { await waitForWork(.question, within: patience) }
}

/// The queue from which workers take jobs. Delivery is at least once; `JobLedger` makes the outcome exactly once.
///
/// Questions of one conversation are handed out in the order of their acceptance, each when the one before it has ended;
/// of one user, no more than `JobLimits.activePerUser` are in the line or in hand at a time, so that one student's five
/// hundred questions do not delay another's one. The others are as accepted as any (`queued`, with the same deadline).
package protocol JobQueue: Sendable {
    /// Takes the job of that kind that has been due for longest and hides it from other workers for `visibility`; nil
    /// when none is due.
    func lease(_ kind: JobKind, for visibility: Duration) async throws -> Lease?

    /// Hides the job for another `visibility` from now on.
    /// - Returns: false when the lease is lost: another worker has the job, or it has ended.
    func renew(_ lease: Lease, for visibility: Duration) async throws -> Bool

    /// Gives the job back to be tried again after `delay`, `JobLimits.longestWait` at most, noting the closed label of what
    /// went wrong. It keeps its place before the later questions of its conversation.
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

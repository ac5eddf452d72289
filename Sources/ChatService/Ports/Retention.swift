/// What is not kept for ever.
package protocol Retention: Sendable {
    /// Deletes a bounded portion of what is past its time: events after 15 minutes, ended jobs and unused sessions after
    /// a week, idempotency keys after a day, conversations when the operator says so.
    func prune() async throws
}

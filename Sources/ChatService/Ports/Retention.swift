/// What is not kept for ever.
package protocol Retention: Sendable {
    /// Deletes a bounded portion of what is past its time: events after 15 minutes, ended jobs and unused sessions after
    /// a week, idempotency keys after a day.
    func prune() async throws
}

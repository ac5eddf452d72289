import Support

/// Forgets a person for good.
package protocol Erasure: Sendable {
    /// Deletes the user's conversations with all they hold, their jobs, events, sessions and idempotency keys, and takes
    /// their name off the documents they loaded. What is deleted is overwritten. Called again, it also takes what the first
    /// call had to leave until it was told.
    /// - Returns: the jobs that were ended by it, whose terminal events have yet to be published.
    func erase(_ user: UserID) async throws -> [String]
}

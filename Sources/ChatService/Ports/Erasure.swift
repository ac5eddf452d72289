import Support

/// Forgets a person, or what is known of a course's questions, for good.
package protocol Erasure: Sendable {
    /// Deletes the user's conversations with all they hold, their jobs, events, sessions and idempotency keys, and takes
    /// their name off the documents they loaded. Of their questions stays what counts and what it cost, under a name that is
    /// nobody's and the same whenever they are erased. What is deleted is overwritten. Called again, it also takes what the first
    /// call had to leave until it was told.
    /// - Returns: the jobs that were ended by it, whose terminal events have yet to be published.
    func erase(_ user: UserID) async throws -> [String]

    /// Ends the open questions of a course that is deleted, and forgets its dead letters and what its questions cost and
    /// counted, so that another one of its name begins with nothing. What was asked in it stays in the conversations.
    /// - Returns: the jobs that were ended by it, whose terminal events have yet to be published.
    func erase(_ course: CourseID) async throws -> [String]
}

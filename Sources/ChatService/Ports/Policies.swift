import Support

/// The rules of each course.
package protocol Policies: Sendable {
    /// What the staff have set; the default, with version 0, where they have set nothing.
    func policy(of course: CourseID) async throws -> StoredPolicy

    /// Sets the policy, if the one it was made from is still there: two members of staff never overwrite each other.
    /// - Parameter version: of the policy it was made from; nil for whichever there is.
    /// - Returns: nil, with nothing changed, when another one has been set meanwhile.
    func set(
        _ policy: CoursePolicy, of course: CourseID, expecting version: Int?, by user: UserID, at moment: Timestamp
    ) async throws -> StoredPolicy?

    /// Forgets the policy of a course that is deleted.
    func removePolicy(of course: CourseID) async throws
}

/// A policy with what tells it from others of its course.
package struct StoredPolicy: Sendable, Equatable {
    package let policy: CoursePolicy
    /// Counts the changes.
    package let version: Int
    package let changedBy: UserID?
    package let changedAt: Timestamp?

    package init(_ policy: CoursePolicy, version: Int, changedBy: UserID?, changedAt: Timestamp?) {
        self.policy = policy
        self.version = version
        self.changedBy = changedBy
        self.changedAt = changedAt
    }

    /// Of a course for which nothing was set.
    package static let none = StoredPolicy(CoursePolicy(), version: 0, changedBy: nil, changedAt: nil)
}

/// No rules at all: for programs that answer without a directory, as `gepeto ask` does.
package struct NoPolicies: Policies {
    package init() {}

    package func policy(of course: CourseID) async throws -> StoredPolicy { .none }

    package func set(
        _ policy: CoursePolicy, of course: CourseID, expecting version: Int?, by user: UserID, at moment: Timestamp
    ) async throws -> StoredPolicy? { nil }

    package func removePolicy(of course: CourseID) async throws {}
}

import Support

/// Links by which people join a course by themselves. Only the hash of a code is kept.
package protocol Invitations: Sendable {
    /// - Throws: `InvitationError.tooMany`.
    func add(_ invitation: Invitation, codeHash: String) async throws
    /// Those of a course that are still good, the last one first.
    func invitations(of course: CourseID) async throws -> [Invitation]
    /// - Returns: false when there is none.
    func remove(_ id: String, from course: CourseID) async throws -> Bool
    /// The one with that code, if it is still good.
    func invitation(codeHash: String) async throws -> Invitation?
    /// Lets somebody join, which takes one use; of who is a member already nothing is taken, nor is their role made less.
    /// - Returns: nil when it is not good any more.
    func accept(codeHash: String, user: UserID, name: String?) async throws -> Invitation?
}

package struct Invitation: Sendable, Equatable {
    /// Good ones of one course at once.
    package static let most = 100

    package let id: String
    package let course: CourseID
    package let role: CourseRole
    package let usesLeft: Int
    package let madeBy: UserID
    package let createdAt: Timestamp
    package let expiresAt: Timestamp

    package init(
        id: String, course: CourseID, role: CourseRole, usesLeft: Int, madeBy: UserID, createdAt: Timestamp,
        expiresAt: Timestamp
    ) {
        self.id = id
        self.course = course
        self.role = role
        self.usesLeft = usesLeft
        self.madeBy = madeBy
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

package enum InvitationError: ExplainedError, Equatable {
    case tooMany

    package var label: String { "too_many_invitations" }
    package var description: String {
        "The course has \(Invitation.most) invitations that are still good; take some back first."
    }
}

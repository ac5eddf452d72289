import Support

/// Who belongs to which course, and as what. Asked for every question, so `role` must be cheap.
package protocol Memberships: Sendable {
    /// nil for who does not belong to the course.
    func role(of user: UserID, in course: CourseID) async throws -> CourseRole?
    /// All courses of a user, at most `Membership.mostCourses`.
    func courses(of user: UserID) async throws -> [CourseID: CourseRole]
    func member(_ user: UserID, of course: CourseID) async throws -> Member?
    /// In the order in which they came, after `cursor`, at most `limit`.
    func members(of course: CourseID, after cursor: PageCursor?, limit: Int) async throws -> Page<Member>
    /// Adds members, and changes the role and the name of those there are; all of it or nothing. Of several that name the
    /// same user the last counts.
    /// - Throws: `MembershipError`, also when a change of roles leaves a course without staff that had some.
    func enrol(_ members: [Enrolment], in course: CourseID) async throws -> EnrolmentOutcome
    /// The same for who made the course: staff from then on, and known as its maker.
    func enrol(maker: Enrolment, of course: CourseID) async throws
    /// Who made the course, as far as that is known.
    func maker(of course: CourseID) async throws -> UserID?
    /// - Returns: false when they were no member.
    /// - Throws: `MembershipError.lastStaff`.
    func remove(_ user: UserID, from course: CourseID) async throws -> Bool
    /// Forgets all members of a course that is not there any more, its maker, its invitations, and which platforms' courses
    /// it was: another one of its name begins with nobody.
    func removeAll(from course: CourseID) async throws
    /// Takes a user out of every course.
    func removeAll(of user: UserID) async throws
}

/// Somebody in a course.
package struct Member: Sendable, Equatable {
    package let user: UserID
    /// For display; nil where nobody said one.
    package let name: String?
    package let role: CourseRole
    package let addedAt: Timestamp

    package init(user: UserID, name: String?, role: CourseRole, addedAt: Timestamp) {
        self.user = user
        self.name = name
        self.role = role
        self.addedAt = addedAt
    }
}

/// Somebody who shall be in a course.
package struct Enrolment: Sendable, Equatable {
    package let user: UserID
    /// nil leaves the name that is known.
    package let name: String?
    package let role: CourseRole
    /// The role holds even where it takes the last staff from the course: who says it keeps the roles, as a platform does.
    package let isFinal: Bool

    package init(user: UserID, name: String? = nil, role: CourseRole, isFinal: Bool = false) {
        self.user = user
        self.name = name
        self.role = role
        self.isFinal = isFinal
    }
}

/// What an enrolment changed.
package struct EnrolmentOutcome: Sendable, Equatable {
    package var added: [UserID] = []
    package var changed: [UserID] = []
    package var unchanged = 0

    package init() {}
}

package enum Membership {
    /// Members of one course.
    package static let mostMembers = 50_000
    /// Courses of one user.
    package static let mostCourses = 10_000
}

package enum MembershipError: ExplainedError, Equatable {
    case courseFull
    case lastStaff

    package var label: String { self == .courseFull ? "course_full" : "last_staff" }

    package var description: String {
        guard self == .courseFull else {
            return "The course would be left without staff; make somebody else its staff first. Nothing was changed."
        }
        return "A course has at most \(Membership.mostMembers) members; remove some first. Nobody was added."
    }
}

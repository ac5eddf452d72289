import Support

/// What somebody may do beyond single courses.
package enum Standing: String, Codable, Sendable, CaseIterable {
    case student
    /// May make courses.
    case staff
    /// May do everything everywhere.
    case admin
}

/// What somebody is in one course.
package enum CourseRole: String, Codable, Sendable, CaseIterable {
    case student, staff
}

/// Somebody whose identity was checked.
package struct Principal: Sendable, Equatable {
    package let user: UserID
    /// For display; nil where nobody said one.
    package let name: String?
    /// When the token ends and the socket with it; nil for never.
    package let expires: Timestamp?
    package let standing: Standing
    /// The memberships that the token itself states.
    package let claimed: [CourseID: CourseRole]
    /// The only courses the token is good in, whatever its bearer is otherwise; nil for no limit. A limited token opens
    /// nothing beyond courses: neither administration nor the account; of what is the bearer's own, what is of these
    /// courses. One for no course at all is good for choosing a password.
    package let limitedTo: Set<CourseID>?
    /// The sign-in that the token comes from; nil where it is no local account's.
    package let session: String?

    package init(
        user: UserID, name: String? = nil, expires: Timestamp? = nil, standing: Standing = .student,
        claimed: [CourseID: CourseRole] = [:], limitedTo: Set<CourseID>? = nil,
        session: String? = nil
    ) {
        self.user = user
        self.name = name
        self.expires = expires
        self.standing = standing
        self.claimed = claimed
        self.limitedTo = limitedTo
        self.session = session
    }

    /// Whether the token is good in that course, as far as its own limit goes.
    package func reaches(_ course: CourseID) -> Bool { limitedTo?.contains(course) ?? true }
}

import Support

/// What staff changed, when and who: kept for two years.
package protocol AuditTrail: Sendable {
    func record(_ entry: AuditEntry) async throws
    /// The last one first, after `cursor`, at most `limit`.
    /// - Parameter course: nil for all, also those of no course.
    func entries(of course: CourseID?, after cursor: PageCursor?, limit: Int) async throws -> Page<AuditEntry>
    /// Puts `name` in the place of a user who is erased: where they are the subject, where they acted on what was their own,
    /// and as who made invitations, rules and links of platforms. What somebody did as staff keeps their name, here alone
    /// and for as long as the trail is kept.
    func forget(_ user: UserID, as name: String) async throws
}

/// One change. Ids, numbers and names of settings only: nothing that a student wrote, and no secret.
package struct AuditEntry: Sendable, Equatable {
    package let at: Timestamp
    package let actor: UserID
    /// What was done, as `members.changed`.
    package let action: String
    package let course: CourseID?
    /// What or whom it was done to.
    package let subject: String
    package let details: [String: String]

    package init(
        at: Timestamp, actor: UserID, action: String, course: CourseID?, subject: String,
        details: [String: String] = [:]
    ) {
        self.at = at
        self.actor = actor
        self.action = action
        self.course = course
        self.subject = subject
        self.details = details
    }
}

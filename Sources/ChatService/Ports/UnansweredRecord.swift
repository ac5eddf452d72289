import Support

/// The questions that were refused, for the staff: what students ask and the material does not hold.
package protocol UnansweredRecord: Sendable {
    /// Those of a course, the last first, at most `limit`; never who asked.
    func unanswered(in course: CourseID, limit: Int) async throws -> [UnansweredQuestion]
}

/// A question that was refused because the course seemed not to answer it.
package struct UnansweredQuestion: Sendable, Equatable {
    package let text: String
    package let askedAt: Timestamp
    /// The score it was refused for; nil when an older version did.
    package let evidence: Double?
    /// The sections that the student was pointed to.
    package let sections: [String]

    package init(text: String, askedAt: Timestamp, evidence: Double?, sections: [String]) {
        self.text = text
        self.askedAt = askedAt
        self.evidence = evidence
        self.sections = sections
    }
}

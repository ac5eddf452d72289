import Support

/// What students have asked and what it has cost, without a word of it; kept when a conversation is deleted.
package protocol UsageRecord: Sendable {
    /// How many questions of the user each filter counts. Questions that failed are not counted, nor are those that their
    /// owner took back before anybody worked on them; those of somebody who was erased meanwhile (`Erasure`) are.
    func counts(of user: UserID, in course: CourseID, _ filters: [UsageFilter]) async throws -> [Int]

    /// US dollars that the course's answers have cost since then, as far as prices are known.
    func cost(of course: CourseID, since moment: Timestamp) async throws -> Double
}

/// Which questions of a user and course are counted.
package struct UsageFilter: Sendable, Equatable {
    /// nil for every mode.
    package var mode: AnswerMode?
    /// nil for whatever they were about.
    package var assignment: String?
    /// nil for all times.
    package var since: Timestamp?

    package init(mode: AnswerMode? = nil, assignment: String? = nil, since: Timestamp? = nil) {
        self.mode = mode
        self.assignment = assignment
        self.since = since
    }
}

/// A question is accepted only while fewer than `most` are counted.
package struct UsageLimit: Sendable, Equatable {
    package let filter: UsageFilter
    package let most: Int
    package let denial: PolicyDenial

    package init(_ filter: UsageFilter, most: Int, denial: PolicyDenial) {
        self.filter = filter
        self.most = most
        self.denial = denial
    }
}

/// Under which rules a question is accepted.
package struct Admission: Sendable, Equatable {
    /// Whether whoever asks is of the course's staff; a student else.
    package var isStaff = false
    package var assignment: String?
    package var limits: [UsageLimit] = []
    /// Of a denial's sentence, `pt` or `en`; to guess it costs more than the rest of a question's way in, so only where there
    /// are limits.
    package var language = "en"

    package init(
        isStaff: Bool = false, assignment: String? = nil, limits: [UsageLimit] = [], language: String = "en"
    ) {
        self.isStaff = isStaff
        self.assignment = assignment
        self.limits = limits
        self.language = language
    }
}

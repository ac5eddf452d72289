import Support

/// What the staff of a course have set: kept by code, whatever a question says (docs/policies.md).
///
/// A pure value: what follows from it at a moment is told by `CoursePolicy+Rules.swift`, and how it is read from a request
/// by `CoursePolicy+Reading.swift`. Everything in it is bounded there.
package struct CoursePolicy: Codable, Sendable, Equatable {
    /// In which language students are answered.
    package enum Language: String, Codable, Sendable, CaseIterable { case auto, pt, en }

    /// What happens to questions when the course has cost what it may.
    package enum CostReached: String, Codable, Sendable, CaseIterable { case extractive, deny }

    /// Whether students see a document that is new to the course as soon as it is read, or once staff release it.
    package enum NewDocuments: String, Codable, Sendable, CaseIterable { case visible, hidden }

    /// A time in which students cannot use the course, for an exam.
    package struct Lock: Codable, Sendable, Equatable {
        /// Seconds since 1970; the lock holds from `from` on, and at `until` no longer.
        package var from: Int64
        package var until: Int64
        /// For students; nil for a sentence of the program's own.
        package var message: String?

        package init(from: Int64, until: Int64, message: String? = nil) {
            self.from = from
            self.until = until
            self.message = message
        }
    }

    /// What holds for one document. One that is not named may be read and quoted.
    package struct DocumentRule: Codable, Sendable, Equatable {
        /// Seconds since 1970: before it the document does not exist for students. `untilReleased` for no date.
        package var availableFrom: Int64?
        /// When false, none of its text ever reaches a student.
        package var quotable: Bool

        /// The date of a document that is hidden until staff say another: the last second of the year 9999. A date, so that
        /// a program of before keeps it hidden too.
        package static let untilReleased = Int64(Bounds.time)

        package init(availableFrom: Int64? = nil, quotable: Bool = true) {
            self.availableFrom = availableFrom
            self.quotable = quotable
        }
    }

    /// Something that students are to do by themselves, with some hints.
    package struct Assignment: Codable, Sendable, Equatable {
        package var id: String
        package var title: String
        /// The documents it is about; a hint for another assignment never draws on them.
        package var documents: [String]
        /// Hints for each student; nil for no limit.
        package var hintBudget: Int?

        package init(id: String, title: String, documents: [String] = [], hintBudget: Int? = nil) {
            self.id = id
            self.title = title
            self.documents = documents
            self.hintBudget = hintBudget
        }
    }

    package var language = Language.auto
    /// At least one.
    package var modes = AnswerMode.allCases
    package var unsupported: UnsupportedSentences?
    package var locks: [Lock] = []
    package var documents: [String: DocumentRule] = [:]
    /// nil as `visible`.
    package var newDocuments: NewDocuments?
    package var assignments: [Assignment] = []
    /// For each student, in any 24 hours; nil for no limit.
    package var hintsPerDay: Int?
    package var questionsPerDay: Int?
    /// US dollars for the course, in any 24 hours and any 30 days; nil for no limit.
    package var dailyCostUsd: Double?
    package var monthlyCostUsd: Double?
    package var whenCostReached = CostReached.extractive

    package init() {}
}

extension UnsupportedSentences: Codable {}

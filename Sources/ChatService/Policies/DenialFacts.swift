/// A denial for programs, which put it into the words and the clock of whoever reads: what the sentence says, in fields.
package struct DenialFacts: Codable, Sendable, Equatable {
    package enum Span: String, Codable, Sendable, CaseIterable { case day, month }

    /// See `PolicyDenial.reason`.
    package let cause: String
    /// Of a lock, in seconds since 1970.
    package var until: Int64?
    /// What staff wrote to a lock.
    package var message: String?
    package var mode: AnswerMode?
    /// Those that are allowed.
    package var modes: [AnswerMode]?
    /// The titles to choose from.
    package var assignments: [String]?
    /// The title.
    package var assignment: String?
    package var limit: Int?
    package var span: Span?

    package init(_ denial: PolicyDenial) {
        cause = denial.reason
        switch denial {
        case .locked(let until, let message): (self.until, self.message) = (until, message)
        case .mode(let mode, let allowed): (self.mode, modes) = (mode, allowed)
        case .unknownAssignment: break
        case .assignmentNeeded(let titles): assignments = Array(titles.prefix(PolicyDenial.mostTitles))
        case .questionsSpent(let most), .hintsOfDaySpent(let most): (limit, span) = (most, .day)
        case .hintsSpent(let most, let title): (limit, assignment) = (most, title)
        case .costReached(let isMonth): span = isMonth ? .month : .day
        }
    }
}

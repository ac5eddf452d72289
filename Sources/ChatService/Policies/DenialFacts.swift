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
}

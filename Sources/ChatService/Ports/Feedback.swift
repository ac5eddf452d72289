/// What students say of the answers they got.
package protocol Feedback: Sendable {
    /// Keeps the user's rating of an answer in one of their own conversations; a second one takes the place of the first.
    /// It goes with its conversation.
    /// - Returns: false when the user has no such answer.
    func rate(message id: String, _ rating: Rating, user: UserID) async throws -> Bool
    /// Takes a rating back.
    /// - Returns: false when the user has no such answer; one without a rating stays without.
    func withdrawRating(ofMessage id: String, user: UserID) async throws -> Bool
}

/// What a student says of one answer.
package struct Rating: Sendable, Equatable {
    package enum Verdict: Int, Sendable, Codable {
        case good = 1
        case bad = -1
    }

    /// Characters of a comment.
    package static let longestComment = 2_000

    package let verdict: Verdict
    package let comment: String?

    package init(_ verdict: Verdict, comment: String? = nil) {
        self.verdict = verdict
        self.comment = comment
    }
}

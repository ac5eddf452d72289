/// What the check says of a sentence and the passages it cites.
package enum ClaimVerdict: String, Codable, Sendable, CaseIterable, Comparable {
    /// A cited passage says what the sentence says, as far as the check can tell.
    case supported
    /// A cited passage says a part of it, or something near it.
    case partly
    /// It states something and cites nothing.
    case uncited
    /// The cited passages do not say it, or say something else.
    case unsupported

    /// The better the less.
    package static func < (one: ClaimVerdict, other: ClaimVerdict) -> Bool { one.rank < other.rank }

    private var rank: Int {
        switch self {
        case .supported: 0
        case .partly: 1
        case .uncited: 2
        case .unsupported: 3
        }
    }
}

/// A sentence of an answer that states something, and what the check says of it.
package struct AnswerClaim: Codable, Sendable, Hashable {
    /// UTF-8 bytes of the answer's text, its markers included.
    package var start: Int
    package var end: Int
    package var verdict: ClaimVerdict

    package init(start: Int, end: Int, verdict: ClaimVerdict) {
        self.start = start
        self.end = end
        self.verdict = verdict
    }
}

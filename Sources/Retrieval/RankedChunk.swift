/// A chunk with its final score.
package struct RankedChunk: Sendable, Hashable {
    package let id: Int64
    package let score: Double
    package let similarity: Double?
    package let lexicalScore: Double?
    /// What the score is made of; nil for one that was not looked at closely.
    package var parts: ScoreParts?
    /// The share of the score that words in the very form asked for have in a strange language.
    var forms = 0.0
}

extension RankedChunk {
    init(_ candidate: Candidate, score: Double, parts: ScoreParts? = nil, forms: Double = 0) {
        self.init(
            id: candidate.id, score: score, similarity: candidate.similarity, lexicalScore: candidate.lexicalScore,
            parts: parts, forms: forms)
    }

    /// Of two equal scores the smaller id is better, so that results do not depend on the order of arrival.
    static func isBetter(_ left: RankedChunk, than right: RankedChunk) -> Bool {
        left.score == right.score ? left.id < right.id : left.score > right.score
    }
}

/// Whether the passages found for a question hold its answer, as far as that can be told without reading them.
package struct Evidence: Sendable, Hashable, Codable {
    /// The probability, 0 to 1, that they do (`EvidenceCalibration`); made for hybrid searches, too low for others.
    package let score: Double
    /// The score below which the embedding model's calibration would have a question refused.
    package let threshold: Double
    package let signals: EvidenceSignals

    package init(score: Double, threshold: Double, signals: EvidenceSignals) {
        self.score = score
        self.threshold = threshold
        self.signals = signals
    }

    /// Of nothing that was found.
    package static let none = Evidence(score: 0, threshold: 0, signals: EvidenceSignals())
}

/// What speaks for or against an answer being in the passages. None looks at the question alone, and none grows with the
/// number of documents beyond what a better best passage brings.
package struct EvidenceSignals: Sendable, Hashable, Codable {
    /// The best cosine of any chunk of the course; 0 when vectors were not looked at.
    package var topSimilarity = 0.0
    /// The best BM25 score; 0 when words were not looked at.
    package var topLexical = 0.0
    /// `topLexical` divided by what a passage of usual length scores that holds each of the question's words once.
    package var lexical = 0.0
    /// The best chunk's place in the final order, 0 to 1: high where both searches and the closer look agree on it.
    /// 0 unless the search was hybrid.
    package var agreement = 0.0
    /// The most that two neighbouring sentences of the best chunks hold of what the question's words say, 0 to 1, each
    /// word weighing its inverse document frequency: a rare word that is missing says more than a common one.
    package var sentences = 0.0
    /// The same of the best chunk with its headings; a word that is missing counts by the nearest one that begins alike.
    package var coverage = 0.0
    /// What the best chunk's nearest sentence lacks of the question's names and numbers, 0 to 1; 0 when it asks for none.
    package var namesMissing = 0.0
    /// How far the embedding model knows the language of the best chunk, 0 to 1 (`Familiarity`).
    package var familiarity = 1.0
    /// Whether the question is in another language than the best chunk: few of its words can be there.
    package var isForeign = false

    package init() {}
}

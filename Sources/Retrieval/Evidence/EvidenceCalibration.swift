import Glibc
import Support

/// Makes one number of the signals: the probability that the passages hold an answer, were as many questions asked that the
/// course answers as ones that it does not.
///
/// Two logistic models in a row: whether the course speaks of the matter at all, and, if it does, whether it says what is
/// asked. The first has weights for a language that the embedding model knows, for one that it hardly knows, mixed by
/// `Familiarity`. A question in another language than the material has weights of its own, and only one step: cosine and
/// words tell little there, so its scores are modest and have a threshold of their own.
/// Fitted by Benchmarks/answers/fit_evidence.py (docs/decisions/0020-evidence-gate.md).
package struct EvidenceCalibration: Sendable, Hashable, Codable {
    /// The weights of one logistic model.
    package struct Weights: Sendable, Hashable, Codable {
        let bias: Double
        let similarity: Double
        let lexical: Double
        let agreement: Double
        let sentences: Double
        let coverage: Double
        let namesMissing: Double

        /// The logarithm of the odds.
        func logit(_ signals: EvidenceSignals) -> Double {
            bias + similarity * signals.topSimilarity + lexical * signals.lexical + agreement * signals.agreement
                + sentences * signals.sentences + coverage * signals.coverage + namesMissing * signals.namesMissing
        }

        var isFinite: Bool {
            [bias, similarity, lexical, agreement, sentences, coverage, namesMissing].allSatisfy(\.isFinite)
        }
    }

    /// The name and the revision (`EmbeddingSpace`) of the embedding model it was fitted for.
    package let model: String
    package let revision: String
    /// The score below which a question is refused.
    package let threshold: Double
    /// The same for a question in another language than the material, whose scores are modest; nil for `threshold`.
    package let foreignThreshold: Double?
    let known: Weights
    let strange: Weights
    let foreign: Weights
    let holds: Weights

    /// The probability, 0 to 1.
    package func score(of signals: EvidenceSignals) -> Double {
        if signals.isForeign { return Self.probability(foreign.logit(signals)) }
        let share = signals.familiarity
        let matter = share * known.logit(signals) + (1 - share) * strange.logit(signals)
        return Self.probability(matter) * Self.probability(holds.logit(signals))
    }

    /// The score below which a question with such signals is refused.
    package func threshold(for signals: EvidenceSignals) -> Double {
        signals.isForeign ? foreignThreshold ?? threshold : threshold
    }

    private static func probability(_ logit: Double) -> Double { 1 / (1 + exp(-logit)) }

    var isSound: Bool {
        [known, strange, foreign, holds].allSatisfy(\.isFinite)
            && [threshold, foreignThreshold ?? threshold].allSatisfy((0...1).contains)
    }
}

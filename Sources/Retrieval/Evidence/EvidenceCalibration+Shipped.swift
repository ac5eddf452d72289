// Made by Benchmarks/answers/fit_evidence.py.

extension EvidenceCalibration {
    /// Those of the models that were measured.
    static let shipped = [measured]

    private static let measured = EvidenceCalibration(
        model: "all-MiniLM-L6-v2", revision: "53aa51172d142c89", threshold: 0.07,
        foreignThreshold: 0.04,
        known: Weights(
            bias: -18.993, similarity: 12.722, lexical: 3.857, agreement: 14.743,
            sentences: 5.601, coverage: 0.0, namesMissing: 0.0),
        strange: Weights(
            bias: -16.528, similarity: 7.361, lexical: 5.593, agreement: 15.925,
            sentences: 3.792, coverage: 0.0, namesMissing: 0.0),
        foreign: Weights(
            bias: -4.998, similarity: 3.012, lexical: 1.346, agreement: 1.856,
            sentences: 1.567, coverage: 1.551, namesMissing: 0.0),
        holds: Weights(
            bias: 0.242, similarity: 1.958, lexical: 0.0, agreement: 0.0,
            sentences: 0.691, coverage: 0.0, namesMissing: -0.812))

    /// For models that nobody has measured: fitted without what comes from vectors.
    static let unmeasured = EvidenceCalibration(
        model: "", revision: "", threshold: 0.07,
        foreignThreshold: 0.04,
        known: Weights(
            bias: -7.54, similarity: 0.0, lexical: 6.225, agreement: 0.0,
            sentences: 3.497, coverage: 5.105, namesMissing: 0.0),
        strange: Weights(
            bias: -7.54, similarity: 0.0, lexical: 6.225, agreement: 0.0,
            sentences: 3.497, coverage: 5.105, namesMissing: 0.0),
        foreign: Weights(
            bias: -3.4, similarity: 0.0, lexical: 1.556, agreement: 0.0,
            sentences: 1.747, coverage: 1.853, namesMissing: 0.0),
        holds: Weights(
            bias: 1.343, similarity: 0.0, lexical: 0.0, agreement: 0.0,
            sentences: 0.73, coverage: 0.0, namesMissing: -0.85))
}

/// Weighs the signals of sentences. The weights were learned on questions with known answers (docs/decisions, 0021).
struct QuoteScorer: Sendable {
    /// By `QuoteSignal.rawValue`.
    private let weights: [Double]

    init(_ weights: [QuoteSignal: Double]) {
        self.weights = QuoteSignal.allCases.map { weights[$0] ?? 0 }
    }

    /// A difference of 1 makes a sentence e times as likely to hold the answer.
    func score(_ signals: QuoteSignals) -> Double {
        zip(weights, signals.values).reduce(0) { $0 + $1.0 * $1.1 }
    }

    static let standard = QuoteScorer([
        .similarity: 3.62,
        .similarityPortuguese: 1.24,
        .passageSimilarity: 5.56,
        .neighbourSimilarity: -1.16,
        .coverage: 3.19,
        .akin: 4.90,
        .pairs: 0.75,
        .window: 2.18,
        .before: 2.19,
        .after: -0.42,
        .above: 1.50,
        .around: -2.01,
        .passageScore: 8.70,
        .early: 0.45,
        .length: 0.35,
        .brief: 0.81,
        .asks: -3.00,
        .topicFirst: 0.64,
        .leans: 0.43,
        .date: 2.36,
        .number: 1.99,
        .person: 1.38,
        .place: 0.68,
        .reason: 2.30,
        .definition: 1.69,
    ])

    /// Without vectors.
    static let wordsOnly = QuoteScorer([
        .coverage: 2.76,
        .akin: 5.28,
        .pairs: 0.97,
        .window: 2.12,
        .before: 1.11,
        .after: -1.45,
        .above: 1.5,
        .around: -2.92,
        .passageScore: 12.33,
        .early: 0.44,
        .length: 0.15,
        .brief: 0.67,
        .asks: -3.00,
        .topicFirst: 0.71,
        .leans: 0.41,
        .date: 2.40,
        .number: 2.05,
        .person: 1.27,
        .place: 0.56,
        .reason: 2.47,
        .definition: 1.90,
    ])
}

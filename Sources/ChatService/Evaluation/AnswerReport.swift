/// The JSON of `gepeto eval answers` (docs/evaluation.md): what was run, its figures, and each question's scores, so that two
/// reports can be compared question by question.
package struct AnswerReport: Sendable, Codable {
    /// Of this form.
    package static let version = 1

    package var version = Self.version
    package var program: String
    /// What was asked about and with, as it stood on the command line.
    package var corpus: String
    package var questionFiles: [String]
    /// The models in the order they are tried.
    package var models: [String]
    package var documents: Int
    package var chunks: Int
    package var sample: Int?
    package var seed: UInt64?
    package var atOnce: Int
    package var seconds: Double
    package var answerable: Int
    package var unanswerable: Int
    package var refused: Int
    /// Questions that failed, by the closed name of the reason; they are in none of the figures.
    package var errors: [String: Int]
    /// All tokens and all money; nil when the price of a model is not known.
    package var tokensInput: Int
    package var tokensOutput: Int
    package var costUsd: Double?
    /// By the names of `AnswerMetric`; those that nothing can be said of are left out.
    package var metrics: [String: Double]
    package var records: [ScoredQuestion]

    package init(
        records: [ScoredQuestion], program: String, corpus: String, questionFiles: [String], models: [String],
        documents: Int,
        chunks: Int, sample: Int?, seed: UInt64?, atOnce: Int, seconds: Double
    ) {
        let scores = records.compactMap(\.score)
        self.records = records
        self.program = program
        self.corpus = corpus
        self.questionFiles = questionFiles
        self.models = models
        self.documents = documents
        self.chunks = chunks
        self.sample = sample
        self.seed = seed
        self.atOnce = atOnce
        self.seconds = seconds
        answerable = scores.count { $0.isAnswerable }
        unanswerable = scores.count - answerable
        refused = scores.count { $0.isRefused }
        errors = Dictionary(records.compactMap(\.error).map { ($0, 1) }, uniquingKeysWith: +)
        tokensInput = scores.reduce(0) { $0 + $1.tokensInput }
        tokensOutput = scores.reduce(0) { $0 + $1.tokensOutput }
        let costs = scores.compactMap(\.costUsd)
        costUsd = costs.count == scores.count ? costs.reduce(0, +) : nil
        metrics = Dictionary(
            uniqueKeysWithValues: AnswerMetric.allCases.compactMap { metric in
                metric.value(scores).map { (metric.rawValue, $0) }
            })
    }
}

/// Two reports side by side, over the questions that both answered.
package struct AnswerComparison: Sendable, Codable {
    package struct Row: Sendable, Codable, Equatable {
        package let metric: AnswerMetric
        package let first: Double
        package let second: Double
        /// The second less the first.
        package let difference: Double
        /// nil where too few resamples say something.
        package let interval: PairedBootstrap.Interval?

        /// Whether the interval leaves nought out.
        package var isClear: Bool { interval.map { $0.low > 0 || $0.high < 0 } ?? false }
    }

    package let questions: Int
    /// Questions that only one of the two reports scored.
    package let unpaired: Int
    package let resamples: Int
    package let seed: UInt64
    package let level: Double
    package let rows: [Row]

    /// - Returns: nil when the reports have no question in common.
    package init?(
        _ first: AnswerReport, _ second: AnswerReport, by bootstrap: PairedBootstrap = PairedBootstrap()
    ) throws(CancellationError) {
        let others = Dictionary(second.records.map { ($0.id, $0.score) }) { one, _ in one }
        var left: [AnswerScore] = []
        var right: [AnswerScore] = []
        for record in first.records {
            guard let score = record.score, let other = others[record.id] ?? nil else { continue }
            left.append(score)
            right.append(other)
        }
        guard !left.isEmpty else { return nil }
        let metrics = AnswerMetric.allCases.filter { $0.value(left) != nil && $0.value(right) != nil }
        let intervals = try bootstrap.intervals(left, right, of: metrics)
        questions = left.count
        let scored = first.records.count { $0.score != nil } + second.records.count { $0.score != nil }
        unpaired = scored - 2 * left.count
        resamples = bootstrap.resamples
        seed = bootstrap.seed
        level = bootstrap.level
        rows = zip(metrics, intervals).compactMap { metric, interval in
            guard let a = metric.value(left), let b = metric.value(right) else { return nil }
            return Row(metric: metric, first: a, second: b, difference: b - a, interval: interval)
        }
    }
}

/// The figures of an evaluation, each a pure function of the scores. nil where nothing can be said: no question of the kind.
package enum AnswerMetric: String, CaseIterable, Sendable, Codable {
    case recallAt1 = "recall@1"
    case recallAt3 = "recall@3"
    case recallAt5 = "recall@5"
    case refusalPrecision
    case refusalRecall
    case falseRefusals
    case refusalAUC
    case containment
    case f1
    case sentences
    case citationPrecision
    case citationRecall
    case quotesVerbatim
    case citationsSupported
    case latencyMsP50
    case latencyMsP95
    case firstTextMsP50
    case tokensPerAnswer
    case costPerAnswer

    /// What it says, for a reader of the table.
    package var meaning: String {
        switch self {
        case .recallAt1: "answerable: a judged document is the first passage"
        case .recallAt3: "answerable: … among the first 3 passages"
        case .recallAt5: "answerable: … among the first 5 passages"
        case .refusalPrecision: "refused: the course has no answer"
        case .refusalRecall: "unanswerable: refused"
        case .falseRefusals: "answerable: refused all the same"
        case .refusalAUC: "evidence tells answerable from unanswerable"
        case .containment: "answerable: a gold answer stands in the answer"
        case .f1: "answerable: token F1 with the best gold answer"
        case .sentences: "answered: sentences, the mean"
        case .citationPrecision: "citations: of a judged document"
        case .citationRecall: "answerable: cites a judged document"
        case .quotesVerbatim: "citations: the quote stands in the passage"
        case .citationsSupported: "citations: supported, says the check"
        case .latencyMsP50: "ms to the whole answer, half of them"
        case .latencyMsP95: "ms to the whole answer, 95 of 100"
        case .firstTextMsP50: "ms to the first text, half of them"
        case .tokensPerAnswer: "tokens in and out, the mean"
        case .costPerAnswer: "US dollars, the mean"
        }
    }

    package func value(_ scores: [AnswerScore]) -> Double? {
        switch self {
        case .recallAt1: Self.recall(scores, 1)
        case .recallAt3: Self.recall(scores, 3)
        case .recallAt5: Self.recall(scores, 5)
        case .refusalPrecision: Self.share(scores, of: { $0.isRefused }, having: { !$0.isAnswerable })
        case .refusalRecall: Self.share(scores, of: { !$0.isAnswerable }, having: { $0.isRefused })
        case .falseRefusals: Self.share(scores, of: { $0.isAnswerable }, having: { $0.isRefused })
        case .refusalAUC:
            Self.areaUnderCurve(scores.map { (score: $0.evidence, isPositive: $0.isAnswerable) })
        case .containment:
            Self.share(scores, of: { $0.isAnswerable && $0.contains != nil }, having: { $0.contains == true })
        case .f1: Self.mean(scores) { $0.isAnswerable ? $0.f1 : nil }
        case .sentences: Self.mean(scores) { $0.isRefused ? nil : Double($0.sentences) }
        case .citationPrecision:
            Self.ratio(scores.filter { $0.rightCitations != nil }, { $0.rightCitations ?? 0 }, { $0.citations })
        case .citationRecall:
            Self.share(
                scores, of: { $0.isAnswerable && $0.rightCitations != nil }, having: { ($0.rightCitations ?? 0) > 0 })
        case .quotesVerbatim: Self.ratio(scores, { $0.verbatimCitations }, { $0.citations })
        case .citationsSupported: Self.ratio(scores, { $0.supportedCitations }, { $0.citations })
        case .latencyMsP50: Self.quantile(scores.map { Double($0.latencyMs) }, 0.5)
        case .latencyMsP95: Self.quantile(scores.map { Double($0.latencyMs) }, 0.95)
        case .firstTextMsP50: Self.quantile(scores.map { Double($0.firstTextMs) }, 0.5)
        case .tokensPerAnswer: Self.mean(scores) { Double($0.tokensInput + $0.tokensOutput) }
        case .costPerAnswer:
            scores.contains { $0.costUsd == nil } ? nil : Self.mean(scores) { $0.costUsd }
        }
    }

    // MARK: Arithmetic

    private static func recall(_ scores: [AnswerScore], _ depth: Int) -> Double? {
        share(scores, of: { $0.isAnswerable && $0.rank != nil }, having: { (1...depth).contains($0.rank ?? 0) })
    }

    private static func share(
        _ scores: [AnswerScore], of isMeant: (AnswerScore) -> Bool, having property: (AnswerScore) -> Bool
    ) -> Double? {
        var all = 0
        var some = 0
        for score in scores where isMeant(score) {
            all += 1
            if property(score) { some += 1 }
        }
        return all == 0 ? nil : Double(some) / Double(all)
    }

    private static func ratio(
        _ scores: [AnswerScore], _ part: (AnswerScore) -> Int, _ whole: (AnswerScore) -> Int
    ) -> Double? {
        let all = scores.reduce(0) { $0 + whole($1) }
        return all == 0 ? nil : Double(scores.reduce(0) { $0 + part($1) }) / Double(all)
    }

    private static func mean(_ scores: [AnswerScore], _ value: (AnswerScore) -> Double?) -> Double? {
        var sum = 0.0
        var count = 0
        for score in scores {
            guard let value = value(score) else { continue }
            sum += value
            count += 1
        }
        return count == 0 ? nil : sum / Double(count)
    }

    /// The smallest value that at least the share `p` of all does not exceed (`inverted_cdf` in Hyndman and Fan 1996).
    static func quantile(_ values: [Double], _ p: Double) -> Double? {
        guard !values.isEmpty else { return nil }
        let place = Int((p * Double(values.count)).rounded(.up)) - 1
        return values.sorted()[min(max(place, 0), values.count - 1)]
    }

    /// The chance that a positive has a higher score than a negative, a tie counting half (the area under the ROC curve;
    /// Hanley and McNeil 1982), by the sum of ranks. nil without one of each.
    static func areaUnderCurve(_ items: [(score: Double, isPositive: Bool)]) -> Double? {
        let positives = items.count { $0.isPositive }
        let negatives = items.count - positives
        guard positives > 0, negatives > 0 else { return nil }
        let sorted = items.sorted { $0.score < $1.score }
        var rankSum = 0.0
        var start = 0
        while start < sorted.count {
            var end = start
            while end < sorted.count, sorted[end].score == sorted[start].score { end += 1 }
            // Ranks start + 1 … end share their mean.
            let rank = Double(start + 1 + end) / 2
            rankSum += rank * Double(sorted[start..<end].count { $0.isPositive })
            start = end
        }
        let least = Double(positives) * Double(positives + 1) / 2
        return (rankSum - least) / (Double(positives) * Double(negatives))
    }
}

import FoundationEssentials
import Testing

@testable import ChatService

/// The figures of an evaluation against SQuAD's own script, scikit-learn and numpy (`Tests/Fixtures/answers/make_metrics.py`).
@Suite struct AnswerFiguresTests {
    private struct Reference: Decodable {
        struct Text: Decodable {
            let answer: String
            let gold: [String]
            let words: [String]
            let f1: Double
            let contains: Bool
        }
        struct Curve: Decodable {
            let labels: [Bool]
            let scores: [Double]
            let auc: Double
        }
        struct Quantile: Decodable {
            let values: [Double]
            let p50: Double
            let p95: Double
        }
        struct Item: Decodable {
            let isAnswerable: Bool
            let evidence: Double
            let contains: Bool?
            let f1: Double?

            var score: AnswerScore {
                var score = AnswerScore()
                score.isAnswerable = isAnswerable
                score.evidence = evidence
                score.contains = contains
                score.f1 = f1
                return score
            }
        }
        struct Bootstrap: Decodable {
            let first: [Item]
            let second: [Item]
            let resamples: Int
            let seed: UInt64
            let values: [[Double]]
            let intervals: [[Double]]
        }
        let texts: [Text]
        let curves: [Curve]
        let quantiles: [Quantile]
        let bootstrap: Bootstrap
    }

    private let reference: Reference

    init() throws {
        let path =
            String(#filePath.dropLast("/ChatServiceTests/Evaluation/AnswerFiguresTests.swift".count))
            + "/Fixtures/answers/metrics.json"
        reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: URL(filePath: path)))
    }

    @Test func wordsAndOverlapAreSQuADs() {
        #expect(reference.texts.count >= 16)
        for text in reference.texts {
            #expect(AnswerText.words(text.answer) == text.words, "\(text.answer)")
            #expect(abs(AnswerText.f1(text.answer, gold: text.gold) - text.f1) < 1e-12, "\(text.answer)")
            #expect(AnswerText.contains(text.answer, gold: text.gold) == text.contains, "\(text.answer)")
        }
    }

    @Test func theAreaUnderTheCurveIsScikitLearns() {
        for curve in reference.curves {
            let items = zip(curve.scores, curve.labels).map { (score: $0, isPositive: $1) }
            let area = AnswerMetric.areaUnderCurve(items)
            #expect(area.map { abs($0 - curve.auc) < 1e-12 } == true)
        }
        #expect(AnswerMetric.areaUnderCurve([(0.5, true)]) == nil)
    }

    @Test func quantilesAreNumpys() {
        for quantile in reference.quantiles {
            #expect(AnswerMetric.quantile(quantile.values, 0.5) == quantile.p50)
            #expect(AnswerMetric.quantile(quantile.values, 0.95) == quantile.p95)
        }
        #expect(AnswerMetric.quantile([], 0.5) == nil)
    }

    @Test func theBootstrapIsNumpys() throws {
        let expected = reference.bootstrap
        let (first, second) = (expected.first.map(\.score), expected.second.map(\.score))
        let metrics: [AnswerMetric] = [.containment, .f1, .refusalAUC]
        for (index, metric) in metrics.enumerated() {
            #expect(abs((metric.value(first) ?? -1) - expected.values[0][index]) < 1e-12)
            #expect(abs((metric.value(second) ?? -1) - expected.values[1][index]) < 1e-12)
        }
        var bootstrap = PairedBootstrap()
        bootstrap.resamples = expected.resamples
        bootstrap.seed = expected.seed
        let intervals = try bootstrap.intervals(first, second, of: metrics)
        for (interval, bounds) in zip(intervals, expected.intervals) {
            let interval = try #require(interval)
            #expect(abs(interval.low - bounds[0]) < 1e-9 && abs(interval.high - bounds[1]) < 1e-9)
        }
    }

    /// By hand: four answerable questions, one of them refused, and two that are not, one of them refused.
    @Test func sharesByHand() {
        func score(_ change: (inout AnswerScore) -> Void) -> AnswerScore {
            var score = AnswerScore()
            change(&score)
            return score
        }
        let scores = [
            score {
                ($0.rank, $0.citations, $0.rightCitations, $0.verbatimCitations, $0.supportedCitations) = (
                    1, 2, 1, 2, 2
                )
            },
            score { ($0.rank, $0.citations, $0.rightCitations, $0.verbatimCitations) = (4, 1, 0, 1) },
            score { ($0.rank, $0.rightCitations, $0.isRefused) = (0, 0, true) },
            score { ($0.rank, $0.citations, $0.rightCitations, $0.supportedCitations) = (3, 1, 1, 1) },
            score { ($0.isAnswerable, $0.isRefused) = (false, true) },
            score { $0.isAnswerable = false },
        ]
        func value(_ metric: AnswerMetric) -> Double? { metric.value(scores) }
        #expect(value(.recallAt1) == 0.25 && value(.recallAt3) == 0.5 && value(.recallAt5) == 0.75)
        #expect(value(.refusalPrecision) == 0.5 && value(.refusalRecall) == 0.5 && value(.falseRefusals) == 0.25)
        #expect(value(.citationPrecision) == 0.5 && value(.citationRecall) == 0.5)
        #expect(value(.quotesVerbatim) == 0.75 && value(.citationsSupported) == 0.75)
        #expect(value(.containment) == nil && value(.f1) == nil && value(.costPerAnswer) == nil)
        for metric in AnswerMetric.allCases { #expect(metric.value([]) == nil) }
    }

    @Test func reportsAreComparedQuestionByQuestion() throws {
        func report(_ records: [ScoredQuestion]) -> AnswerReport {
            AnswerReport(
                records: records, program: "x", corpus: "c", questionFiles: [], models: [], documents: 1, chunks: 1,
                sample: nil, seed: nil, atOnce: 1, seconds: 1)
        }
        let all = zip(reference.bootstrap.first, reference.bootstrap.second).enumerated()
        let first = all.map { ScoredQuestion(id: "q\($0.offset)", score: $0.element.0.score) }
        let second = all.map { ScoredQuestion(id: "q\($0.offset)", score: $0.element.1.score) }
        let failed = ScoredQuestion(id: "lost", error: "timeout")
        let (a, b) = (report(first + [failed]), report(second.reversed().dropLast()))
        #expect(a.errors == ["timeout": 1] && a.answerable == 40 && a.unanswerable == 20)
        let comparison = try #require(try AnswerComparison(a, b))
        #expect(comparison.questions == 59 && comparison.unpaired == 1)
        let f1 = try #require(comparison.rows.first { $0.metric == .f1 })
        #expect(f1.difference > 0 && abs(f1.difference - (f1.second - f1.first)) < 1e-12)
        #expect(f1.interval.map { $0.low < f1.difference && f1.difference < $0.high } == true)
        let same = try #require(try AnswerComparison(a, a))
        #expect(same.rows.allSatisfy { $0.difference == 0 && !$0.isClear })
        #expect(try AnswerComparison(a, report([failed])) == nil)
        let again = try JSONDecoder().decode(AnswerReport.self, from: JSONEncoder().encode(a))
        #expect(again.metrics == a.metrics && again.records == a.records)
    }
}

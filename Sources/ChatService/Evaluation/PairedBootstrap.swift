/// Confidence intervals of the difference between two runs over the same questions: the questions are drawn anew with
/// replacement, the same for both, and the figure is reckoned again (Efron and Tibshirani 1993, chapter 13: percentiles).
package struct PairedBootstrap: Sendable {
    /// An interval of a difference, the second run less the first.
    package struct Interval: Sendable, Codable, Equatable {
        package let low: Double
        package let high: Double
    }

    package var resamples = 2_000
    package var seed: UInt64 = 1
    /// The share of the resamples that lies within.
    package var level = 0.95

    package init() {}

    /// The interval of each metric's difference; nil where most drawings say nothing of it.
    /// - Parameters:
    ///   - first, second: the scores of the same questions, in the same order.
    /// - Throws: when the task was cancelled.
    package func intervals(
        _ first: [AnswerScore], _ second: [AnswerScore], of metrics: [AnswerMetric]
    ) throws(CancellationError) -> [Interval?] {
        guard first.count == second.count, !first.isEmpty else { return metrics.map { _ in nil } }
        var generator = SplitMix64(state: seed)
        var differences = [[Double]](repeating: [], count: metrics.count)
        for _ in 0..<resamples {
            if Task.isCancelled { throw CancellationError() }
            let drawn = first.indices.map { _ in Int(generator.next() % UInt64(first.count)) }
            let (left, right) = (drawn.map { first[$0] }, drawn.map { second[$0] })
            for (index, metric) in metrics.enumerated() {
                if let a = metric.value(left), let b = metric.value(right) { differences[index].append(b - a) }
            }
        }
        return differences.map { differences in
            guard differences.count * 2 > resamples else { return nil }
            let sorted = differences.sorted()
            return Interval(
                low: Self.percentile(sorted, (1 - level) / 2), high: Self.percentile(sorted, (1 + level) / 2))
        }
    }

    /// Between the two nearest values, as numpy's `percentile` has it unless told otherwise.
    static func percentile(_ sorted: [Double], _ p: Double) -> Double {
        let place = p * Double(sorted.count - 1)
        let below = Int(place)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
    }
}

/// Steele, Lea and Flood 2014: the same draws on every machine.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

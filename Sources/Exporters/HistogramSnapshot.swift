import Support

/// One series of a histogram at one moment: how many values fell into each bucket.
package struct HistogramSnapshot: Sendable, Equatable {
    package let labels: MetricFamily.Labels
    /// Upper bounds, growing; the last bucket has none.
    package let bounds: [Double]
    /// One more than `bounds`; of each bucket alone.
    package internal(set) var counts: [Int]
    package internal(set) var sum: Double

    package var count: Int { counts.reduce(0, +) }

    init(labels: MetricFamily.Labels, bounds: [Double], counts: [Int], sum: Double) {
        (self.labels, self.bounds, self.counts, self.sum) = (labels, bounds, counts, sum)
    }

    /// The series of a family of histograms, in the order of its samples.
    package static func all(in family: MetricFamily) -> [HistogramSnapshot] {
        var order: [MetricFamily.Labels] = []
        var buckets: [MetricFamily.Labels: [(bound: Double, count: Double)]] = [:]
        var sums: [MetricFamily.Labels: Double] = [:]
        for sample in family.samples {
            var labels = sample.labels
            let bound = labels.removeValue(forKey: "le")
            switch sample.suffix {
            case "_bucket":
                if buckets[labels] == nil { order.append(labels) }
                buckets[labels, default: []].append(
                    (bound == "+Inf" ? .infinity : Double(bound ?? "") ?? .nan, sample.value))
            case "_sum": sums[labels] = sample.value
            default: break
            }
        }
        return order.compactMap { labels in
            guard let cumulative = buckets[labels], let sum = sums[labels], sum.isFinite else { return nil }
            var before = 0.0
            let counts = cumulative.map { bucket in
                defer { before = bucket.count }
                return Int(max(bucket.count - before, 0))
            }
            return HistogramSnapshot(
                labels: labels, bounds: cumulative.map(\.bound).filter(\.isFinite), counts: counts, sum: sum)
        }
    }
}

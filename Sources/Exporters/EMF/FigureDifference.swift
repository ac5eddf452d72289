import Support

/// What the figures gained since they were last looked at. A pure value.
struct FigureDifference: Sendable {
    private struct Key: Hashable {
        let name: String
        let labels: MetricFamily.Labels
    }

    private let families: [String: MetricFamily]
    private let former: [Key: Double]
    private let formerBuckets: [Key: HistogramSnapshot]

    /// - Parameter before: nil at the first look, when all there is was gained.
    init(_ now: [MetricFamily], since before: [MetricFamily]?) {
        families = Dictionary(now.map { ($0.name, $0) }) { first, _ in first }
        var (former, formerBuckets): ([Key: Double], [Key: HistogramSnapshot]) = ([:], [:])
        for family in before ?? [] {
            if family.kind == .histogram {
                for series in HistogramSnapshot.all(in: family) {
                    formerBuckets[Key(name: family.name, labels: series.labels)] = series
                }
            } else {
                for sample in family.samples { former[Key(name: family.name, labels: sample.labels)] = sample.value }
            }
        }
        (self.former, self.formerBuckets) = (former, formerBuckets)
    }

    /// The values of a label, in their order.
    func values(of label: String, in name: String) -> [String] {
        var seen: Set<String> = []
        return (families[name]?.samples ?? []).compactMap { $0.labels[label] }.filter { seen.insert($0).inserted }
    }

    /// The sum of a gauge's samples that match; nil where there is none.
    func level(_ name: String, _ matches: (MetricFamily.Labels) -> Bool = { _ in true }) -> Double? {
        let samples = (families[name]?.samples ?? []).filter { matches($0.labels) }
        return samples.isEmpty ? nil : samples.reduce(0) { $0 + $1.value }
    }

    /// What a counter's samples that match gained; nil where there is none.
    func gain(_ name: String, _ matches: (MetricFamily.Labels) -> Bool = { _ in true }) -> Double? {
        let samples = (families[name]?.samples ?? []).filter { matches($0.labels) }
        guard !samples.isEmpty else { return nil }
        return samples.reduce(0) { sum, sample in
            sum + max(sample.value - (former[Key(name: name, labels: sample.labels)] ?? 0), 0)
        }
    }

    /// What a histogram's series that match gained together; nil for nothing.
    func values(_ name: String, _ matches: (MetricFamily.Labels) -> Bool = { _ in true }) -> HistogramSnapshot? {
        guard let family = families[name] else { return nil }
        var whole: HistogramSnapshot?
        for series in HistogramSnapshot.all(in: family) where matches(series.labels) {
            var gained = series
            if let before = formerBuckets[Key(name: name, labels: series.labels)], before.bounds == series.bounds {
                gained.counts = zip(series.counts, before.counts).map { max($0 - $1, 0) }
                gained.sum = max(series.sum - before.sum, 0)
            }
            if var sum = whole {
                sum.counts = zip(sum.counts, gained.counts).map { $0 + $1 }
                sum.sum += gained.sum
                whole = sum
            } else {
                whole = gained
            }
        }
        return whole.flatMap { $0.count > 0 ? $0 : nil }
    }
}

extension HistogramSnapshot {
    var average: Double { sum / Double(max(count, 1)) }

    /// The value below which that share lies, as far as the buckets tell: within one, values are taken to lie evenly; above
    /// the last bound, at it.
    func quantile(_ share: Double) -> Double {
        let rank = share * Double(count)
        var before = 0.0
        for (place, bound) in bounds.enumerated() {
            let inside = Double(counts[place])
            if inside > 0, before + inside >= rank {
                let low = place == 0 ? 0 : bounds[place - 1]
                return low + (bound - low) * ((rank - before) / inside)
            }
            before += inside
        }
        return bounds.last ?? 0
    }
}

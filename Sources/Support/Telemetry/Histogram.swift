/// How often a value fell below each of some bounds, for each set of labels.
package final class Histogram: Sendable {
    /// The counts of one set of labels: whoever observes often keeps it, and looks nothing up.
    package final class Series: Sendable {
        private struct State {
            /// Values at or below each bound but above the one before; the last has no bound.
            var counts: [Int]
            var sum = 0.0
        }

        private let bounds: [Double]
        private let state: Locked<State>

        init(_ bounds: [Double]) {
            self.bounds = bounds
            state = Locked(State(counts: Array(repeating: 0, count: bounds.count + 1)))
        }

        /// Anything but a number is left out.
        package func observe(_ value: Double) {
            guard value.isFinite else { return }
            var place = 0
            while place < bounds.count, value > bounds[place] { place += 1 }
            state.withLock { state in
                state.counts[place] += 1
                state.sum += value
            }
        }

        package func observe(_ duration: Duration) { observe(duration.inSeconds) }

        package var count: Int { state.withLock { $0.counts.reduce(0, +) } }

        func samples(_ labels: Metrics.Labels) -> [MetricFamily.Sample] {
            let state = state.withLock { $0 }
            var total = 0
            var samples: [MetricFamily.Sample] = []
            for (bound, count) in zip(bounds + [.infinity], state.counts) {
                total += count
                let labels = labels.merging(["le": MetricFamily.text(bound)]) { $1 }
                samples.append(MetricFamily.Sample(Double(total), labels, suffix: "_bucket"))
            }
            samples.append(MetricFamily.Sample(state.sum, labels, suffix: "_sum"))
            samples.append(MetricFamily.Sample(Double(total), labels, suffix: "_count"))
            return samples
        }
    }

    private let name: String
    private let help: String
    private let table: SeriesTable<Series>

    init(_ name: String, _ help: String, _ labels: [String], _ buckets: [Double]) {
        let isGrowing = zip(buckets, buckets.dropFirst()).allSatisfy { $0 < $1 } && buckets.allSatisfy(\.isFinite)
        precondition(isGrowing && !buckets.isEmpty, "the bounds of '\(name)' must grow")
        self.name = name
        self.help = help
        table = SeriesTable(labels) { Series(buckets) }
        if labels.isEmpty { _ = table.series([:]) }
    }

    package func observe(_ value: Double, _ labels: Metrics.Labels = [:]) { series(labels).observe(value) }
    package func observe(_ duration: Duration, _ labels: Metrics.Labels = [:]) { series(labels).observe(duration) }

    /// The series of those labels, which is shown from now on.
    @discardableResult
    package func series(_ labels: Metrics.Labels) -> Series { table.series(labels) }

    var family: MetricFamily {
        MetricFamily(.histogram, name, help, table.all.flatMap { $0.series.samples($0.labels) })
    }
}

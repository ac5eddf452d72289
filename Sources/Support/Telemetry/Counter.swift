/// A number that only grows, one for each set of labels.
package final class Counter: Sendable {
    /// The number of one set of labels: whoever counts often keeps it, and looks nothing up.
    package final class Series: Sendable {
        private let total = Locked(0.0)

        /// Anything but a number from 0 on is left out: a counter never falls.
        package func add(_ amount: Double = 1) {
            guard amount >= 0, amount.isFinite else { return }
            total.withLock { $0 += amount }
        }

        package var value: Double { total.withLock { $0 } }
    }

    private let name: String
    private let help: String
    private let table: SeriesTable<Series>

    init(_ name: String, _ help: String, _ labels: [String]) {
        self.name = name
        self.help = help
        table = SeriesTable(labels) { Series() }
        // Without labels there is one series from the start: a rate is seen from its first step.
        if labels.isEmpty { _ = table.series([:]) }
    }

    package func add(_ amount: Double = 1, _ labels: Metrics.Labels = [:]) { series(labels).add(amount) }

    /// The series of those labels, which is shown from now on.
    @discardableResult
    package func series(_ labels: Metrics.Labels) -> Series { table.series(labels) }

    var family: MetricFamily {
        MetricFamily(.counter, name, help, table.all.map { MetricFamily.Sample($0.series.value, $0.labels) })
    }
}

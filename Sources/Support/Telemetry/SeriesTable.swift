/// The series of one instrument by their labels, a bounded number of them.
final class SeriesTable<Series: Sendable>: Sendable {
    /// Series of one instrument. Labels come from closed sets, so that is never reached; should one not be closed, what
    /// comes later is counted under `other`, and the process's memory stays its own.
    static var most: Int { 500 }

    private let names: [String]
    private let make: @Sendable () -> Series
    /// By the values of the labels, in the order of their names.
    private let entries = Locked<[[String]: Series]>([:])

    init(_ names: [String], _ make: @escaping @Sendable () -> Series) {
        self.names = names
        self.make = make
    }

    func series(_ labels: Metrics.Labels) -> Series {
        assert(Set(labels.keys) == Set(names), "the labels are \(names), not \(labels.keys.sorted())")
        let values = names.map { labels[$0] ?? "" }
        return entries.withLock { entries in
            if let known = entries[values] { return known }
            let place = entries.count < Self.most ? values : names.map { _ in "other" }
            if let known = entries[place] { return known }
            let series = make()
            entries[place] = series
            return series
        }
    }

    /// All of them, in an order of their own that stays.
    var all: [(labels: Metrics.Labels, series: Series)] {
        let entries = entries.withLock { $0 }
        return entries.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .map { (Metrics.Labels(uniqueKeysWithValues: zip(names, $0.key)), $0.value) }
    }
}

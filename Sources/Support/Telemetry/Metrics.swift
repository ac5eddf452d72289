/// The process's figures, as Prometheus collects them.
///
/// What happens is counted by instruments (`Counter`, `Histogram`) where it happens; what stands is read when somebody
/// asks (`gauge`, `collect`). A name is registered once.
package final class Metrics: Sendable {
    package typealias Labels = MetricFamily.Labels

    private struct State {
        var names: Set<String> = []
        var sources: [@Sendable () async -> [MetricFamily]] = []
    }

    private let state = Locked(State())

    package init() {}

    /// - Parameter labels: the names of its labels; every `add` gives each of them a value.
    package func counter(_ name: String, _ help: String, labels: [String] = []) -> Counter {
        register(name, labels)
        let counter = Counter(name, help, labels)
        add { [counter.family] }
        return counter
    }

    /// - Parameter buckets: upper bounds, growing; one without a bound is added.
    package func histogram(
        _ name: String, _ help: String, labels: [String] = [], buckets: [Double]
    ) -> Histogram {
        register(name, labels + ["le"])
        let histogram = Histogram(name, help, labels, buckets)
        add { [histogram.family] }
        return histogram
    }

    /// Something that is read when somebody asks; no sample where there is nothing to say.
    package func gauge(
        _ name: String, _ help: String, _ read: @escaping @Sendable () -> [(labels: Labels, value: Double)]
    ) {
        register(name, [])
        add { [MetricFamily(.gauge, name, help, read().map { MetricFamily.Sample($0.value, $0.labels) })] }
    }

    /// Several metrics that are read together; their names are their own affair.
    package func collect(_ read: @escaping @Sendable () async -> [MetricFamily]) { add(read) }

    /// All of it in Prometheus's text format, in the order of registration.
    package func text() async -> String { MetricFamily.text(await families()) }

    /// All of it as it stands, in the order of registration; a name once, a series once.
    package func families() async -> [MetricFamily] {
        var families: [MetricFamily] = []
        for read in state.withLock({ $0.sources }) { families += await read() }
        return MetricFamily.merged(families)
    }

    private func add(_ read: @escaping @Sendable () async -> [MetricFamily]) {
        state.withLock { $0.sources.append(read) }
    }

    /// The names are the program's own, so a bad one is a mistake of ours that shows at the first start.
    private func register(_ name: String, _ labels: [String]) {
        precondition(Self.isName(name), "'\(name)' is no name of a metric")
        precondition(labels.allSatisfy(Self.isName), "a label of '\(name)' has no proper name")
        precondition(Set(labels).count == labels.count, "a label of '\(name)' is named twice, or called 'le'")
        let isNew = state.withLock { $0.names.insert(name).inserted }
        precondition(isNew, "there is a metric '\(name)' already")
    }

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix("__") && !("0"..."9").contains(name.first ?? "0")
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

import Support

/// One line of CloudWatch's Embedded Metric Format: figures with the same dimensions, as CloudWatch Logs reads them out of
/// the log.
///
/// Source: Amazon CloudWatch, "Specification: Embedded metric format": at most 100 metrics in a directive, 30 dimensions in
/// a set, names of at most 1,024 characters; every name that is announced stands beside `_aws`, a metric as a number, a
/// dimension as text.
struct EMFDocument: Sendable, Equatable {
    enum Unit: String, Sendable { case seconds = "Seconds", count = "Count", percent = "Percent", none = "None" }

    struct Metric: Sendable, Equatable {
        let name: String
        let unit: Unit
        let value: Double
    }

    static let mostMetrics = 100

    let namespace: String
    let dimensions: [(name: String, value: String)]
    private(set) var metrics: [Metric] = []

    init(_ namespace: String, _ dimensions: [(name: String, value: String)]) {
        (self.namespace, self.dimensions) = (namespace, dimensions)
    }

    /// Left out where there is nothing to say, or it is no number that JSON has a form for.
    mutating func add(_ name: String, _ unit: Unit, _ value: Double?) {
        guard let value, value.isFinite, metrics.count < Self.mostMetrics else { return }
        metrics.append(Metric(name: name, unit: unit, value: value))
    }

    /// One line with its end; nil where there is nothing to say.
    func line(at moment: Timestamp) -> String? {
        guard !metrics.isEmpty else { return nil }
        let directive = [
            "\"Dimensions\":[[\(dimensions.map(\.name.jsonQuoted).joined(separator: ","))]]",
            "\"Metrics\":[\(metrics.map { #"{"Name":\#($0.name.jsonQuoted),"Unit":"\#($0.unit.rawValue)"}"# }.joined(separator: ","))]",
            "\"Namespace\":\(namespace.jsonQuoted)",
        ].joined(separator: ",")
        var fields = ["\"_aws\":{\"CloudWatchMetrics\":[{\(directive)}],\"Timestamp\":\(moment.milliseconds)}"]
        fields += dimensions.map { "\($0.name.jsonQuoted):\($0.value.jsonQuoted)" }
        fields += metrics.map { "\($0.name.jsonQuoted):\(Self.text($0.value))" }
        return "{\(fields.joined(separator: ","))}\n"
    }

    static func == (left: EMFDocument, right: EMFDocument) -> Bool {
        left.namespace == right.namespace && left.metrics == right.metrics
            && left.dimensions.elementsEqual(right.dimensions) { $0 == $1 }
    }

    private static func text(_ value: Double) -> String {
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 { return "\(whole)" }
        return "\(value)"
    }
}

import Support

/// What `/metrics` says, read back by series.
struct Figures {
    private let values: [String: Double]

    init(_ metrics: Metrics) async {
        var values: [String: Double] = [:]
        for line in await metrics.text().split(separator: "\n") where !line.hasPrefix("#") {
            let cut = line.lastIndex(of: " ") ?? line.endIndex
            values[String(line[..<cut])] = Double(line[cut...].dropFirst())
        }
        self.values = values
    }

    /// Of a series as it stands in the text, labels sorted: `name{a="x",b="y"}`.
    subscript(_ series: String) -> Double? { values[series] }

    /// The series that have grown, of one name.
    func grown(_ name: String) -> [String: Double] {
        values.filter { $0.key.hasPrefix(name + "{") && $0.value > 0 }
    }

    var labels: [String] { Array(values.keys) }
}

/// One metric with all its samples at one moment, as Prometheus reads it.
package struct MetricFamily: Sendable, Equatable {
    package enum Kind: String, Sendable { case counter, gauge, histogram }

    /// Label values come from closed sets, or from small ones that staff make (courses): never a user, a text or an id.
    package typealias Labels = [String: String]

    package struct Sample: Sendable, Equatable {
        /// `_bucket`, `_sum`, `_count` of a histogram; else empty.
        package let suffix: String
        package let labels: Labels
        package let value: Double

        package init(_ value: Double, _ labels: Labels = [:], suffix: String = "") {
            self.suffix = suffix
            self.labels = labels
            self.value = value
        }

        struct Series: Hashable {
            let suffix: String
            let labels: Labels
        }

        var series: Series { Series(suffix: suffix, labels: labels) }
    }

    package let name: String
    package let help: String
    package let kind: Kind
    package var samples: [Sample]

    package init(_ kind: Kind, _ name: String, _ help: String, _ samples: [Sample]) {
        self.name = name
        self.help = help
        self.kind = kind
        self.samples = samples
    }

    /// A gauge with one sample; none where there is nothing to say.
    package static func gauge(_ name: String, _ help: String, _ value: Double?) -> MetricFamily {
        MetricFamily(.gauge, name, help, value.map { [Sample($0)] } ?? [])
    }
}

// MARK: - Text format 0.0.4

extension MetricFamily {
    /// The media type of `text`.
    package static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    /// The families in Prometheus's text format.
    package static func text(_ families: [MetricFamily]) -> String { merged(families).map(\.text).joined() }

    /// Of the same name they become one, of the same series the first counts.
    static func merged(_ families: [MetricFamily]) -> [MetricFamily] {
        var merged: [MetricFamily] = []
        var places: [String: Int] = [:]
        for family in families {
            if let place = places[family.name] {
                merged[place].samples += family.samples
            } else {
                places[family.name] = merged.count
                merged.append(family)
            }
        }
        for place in merged.indices {
            var seen: Set<Sample.Series> = []
            merged[place].samples.removeAll { !seen.insert($0.series).inserted }
        }
        return merged
    }

    private var text: String {
        var text = "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            text += "\(name)\(sample.suffix)\(Self.text(sample.labels)) \(Self.text(sample.value))\n"
        }
        return text
    }

    private static func text(_ labels: Labels) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(escaped($0.value, quotes: true))\"" }
        return "{\(pairs.joined(separator: ","))}"
    }

    /// A number as Go writes it, which is what the format asks for.
    static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 { return "\(whole)" }
        return "\(value)"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

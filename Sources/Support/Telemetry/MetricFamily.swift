/// One metric with all its samples at one moment, as Prometheus reads it.
package struct MetricFamily: Sendable, Equatable {
    package enum Kind: String, Sendable { case counter, gauge, histogram }

    /// Label values come from closed sets: never a user, a course's text or an id.
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

    /// The families in Prometheus's text format; of the same name they become one, of the same series the first counts.
    package static func text(_ families: [MetricFamily]) -> String {
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
        return merged.map(\.text).joined()
    }

    private var text: String {
        var text = "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
        var seen: Set<String> = []
        for sample in samples {
            let series = name + sample.suffix + Self.text(sample.labels)
            guard seen.insert(series).inserted else { continue }
            text += "\(series) \(Self.text(sample.value))\n"
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

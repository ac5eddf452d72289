import Support

/// What OpenTelemetry's environment variables say, as far as this program acts on them.
///
/// Sources: OpenTelemetry, "OTLP Exporter Configuration" and "Environment Variable Specification".
package struct OTLPSettings: Sendable {
    /// Where each signal is posted; nil where it is not exported.
    package internal(set) var tracesURL: String?
    package internal(set) var metricsURL: String?
    /// Beside those of the protocol; secrets stand among them.
    package internal(set) var headers: [(name: String, value: String)] = []
    /// Of the resource, the service's own beside.
    package internal(set) var attributes: [(name: String, value: String)] = []
    package internal(set) var sampling = TraceSampling()
    /// One call.
    package internal(set) var timeout = Duration.seconds(10)
    /// Between two exports of what is over, and of the figures.
    package internal(set) var spanDelay = Duration.seconds(1)
    package internal(set) var metricInterval = Duration.seconds(60)

    /// `OTEL_SERVICE_NAME`; nil where it is not set.
    package static func serviceName(_ environment: [String: String]) -> String? {
        value("OTEL_SERVICE_NAME", environment)
    }

    /// nil where no endpoint is given, or `OTEL_SDK_DISABLED` is true.
    /// - Parameters:
    ///   - service: unless the variables name it.
    ///   - version: the program's.
    /// - Throws: `ExporterError` naming the variable.
    package init?(_ environment: [String: String], service: String, version: String) throws(ExporterError) {
        let (isDisabled, base) = (
            Self.value("OTEL_SDK_DISABLED", environment)?.lowercased() == "true",
            try Self.url("OTEL_EXPORTER_OTLP_ENDPOINT", environment)
        )
        // Read also where they are of no use, so that a mistake shows at once.
        tracesURL = try Self.signal("TRACES", base, environment)
        metricsURL = try Self.signal("METRICS", base, environment)
        headers = try Self.fields(environment)
        attributes = try Self.resource(environment, service: service, version: version)
        sampling = try Self.sampling(environment)
        timeout = try Self.duration("OTEL_EXPORTER_OTLP_TIMEOUT", 10_000, 100...300_000, environment)
        spanDelay = try Self.duration("OTEL_BSP_SCHEDULE_DELAY", 1_000, 50...60_000, environment)
        metricInterval = try Self.duration("OTEL_METRIC_EXPORT_INTERVAL", 60_000, 100...3_600_000, environment)
        if let spoken = Self.value("OTEL_EXPORTER_OTLP_PROTOCOL", environment), base != nil, spoken != "http/json" {
            throw .badSetting(
                "OTEL_EXPORTER_OTLP_PROTOCOL", "takes http/json, the only form this program writes, not '\(spoken)'")
        }
        guard !isDisabled, tracesURL != nil || metricsURL != nil else { return nil }
    }

    private static func value(_ name: String, _ environment: [String: String]) -> String? {
        // An empty variable counts as one that is not set.
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    // MARK: - Where to

    private static func url(_ name: String, _ environment: [String: String]) throws(ExporterError) -> String? {
        guard let text = value(name, environment) else { return nil }
        let lower = text.lowercased()
        guard ["http://", "https://"].contains(where: { lower.hasPrefix($0) && lower.utf8.count > $0.utf8.count }),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }), !text.contains("?"), !text.contains("#"),
            !text.contains("@")
        else {
            throw .badSetting(name, "takes an address like https://collector.example.org:4318, without a query")
        }
        return text
    }

    /// The address of its own, used as it is, or a path below the common one.
    private static func signal(
        _ signal: String, _ base: String?, _ environment: [String: String]
    ) throws(ExporterError) -> String? {
        let name = "OTEL_\(signal)_EXPORTER"
        let own = try url("OTEL_EXPORTER_OTLP_\(signal)_ENDPOINT", environment)
        switch value(name, environment) {
        case "none"?: return nil
        case "otlp"?, nil: break
        case let other?: throw .badSetting(name, "takes otlp or none, not '\(other)'")
        }
        if let own { return own }
        guard let base else { return nil }
        return (base.hasSuffix("/") ? String(base.dropLast()) : base) + "/v1/" + signal.lowercased()
    }

    private static func fields(
        _ environment: [String: String]
    ) throws(ExporterError) -> [(name: String, value: String)] {
        let name = "OTEL_EXPORTER_OTLP_HEADERS"
        let fields = try NamedValues.parse(value(name, environment) ?? "", of: name)
        // The alphabet of field names, RFC 9110, section 5.6.2.
        for field in fields {
            let isToken = field.name.utf8.allSatisfy { byte in
                byte > 0x20 && byte < 0x7f && !"\"(),/:;<=>?@[\\]{}".utf8.contains(byte)
            }
            guard isToken else { throw .badSetting(name, "names a header that is none: '\(field.name)'") }
        }
        return fields
    }

    // MARK: - What and how often

    private static func resource(
        _ environment: [String: String], service: String, version: String
    ) throws(ExporterError) -> [(name: String, value: String)] {
        let name = "OTEL_RESOURCE_ATTRIBUTES"
        let given = try NamedValues.parse(value(name, environment) ?? "", of: name)
        let own = [
            ("service.name", service), ("service.version", version),
            ("service.instance.id", RandomIdentifier.make()), ("telemetry.sdk.name", "gepeto"),
            ("telemetry.sdk.language", "swift"), ("telemetry.sdk.version", version),
        ]
        let isNamed = value("OTEL_SERVICE_NAME", environment) != nil
        return own.filter { entry in
            (isNamed && entry.0 == "service.name") || !given.contains { $0.name == entry.0 }
        } + given.filter { !(isNamed && $0.name == "service.name") }
    }

    private static func sampling(_ environment: [String: String]) throws(ExporterError) -> TraceSampling {
        let name = "OTEL_TRACES_SAMPLER_ARG"
        var share = 1.0
        if let text = value(name, environment) {
            guard let number = Double(text), (0...1).contains(number) else {
                throw .badSetting(name, "takes a number from 0 to 1, not '\(text)'")
            }
            share = number
        }
        switch value("OTEL_TRACES_SAMPLER", environment) {
        case nil, "parentbased_always_on"?: return TraceSampling()
        case "always_on"?: return TraceSampling(heedsParent: false)
        case "always_off"?: return TraceSampling(share: 0, heedsParent: false)
        case "parentbased_always_off"?: return TraceSampling(share: 0)
        case "traceidratio"?: return TraceSampling(share: share, heedsParent: false)
        case "parentbased_traceidratio"?: return TraceSampling(share: share)
        case let other?:
            throw .badSetting(
                "OTEL_TRACES_SAMPLER",
                "takes always_on, always_off, traceidratio, or one of them after parentbased_, not '\(other)'")
        }
    }

    private static func duration(
        _ name: String, _ usual: Int, _ range: ClosedRange<Int>, _ environment: [String: String]
    ) throws(ExporterError) -> Duration {
        guard let text = value(name, environment) else { return .milliseconds(usual) }
        guard let number = Int(text), range.contains(number) else {
            throw .badSetting(
                name, "takes milliseconds from \(range.lowerBound) to \(range.upperBound), not '\(text)'")
        }
        return .milliseconds(number)
    }
}

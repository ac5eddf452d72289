import Support

/// Why the process cannot tell of itself.
package struct ExporterError: ExplainedError, Equatable {
    package let label: String
    package let description: String

    /// - Parameter fault: what follows the variable's name in the sentence; never a secret.
    static func badSetting(_ name: String, _ fault: String) -> ExporterError {
        ExporterError(label: "bad_setting", description: "\(name) \(fault).")
    }

    /// - Parameter status: of the collector's answer.
    static func refused(_ status: Int) -> ExporterError {
        ExporterError(
            label: "collector_\(status)",
            description: "The collector answered \(status); look at OTEL_EXPORTER_OTLP_ENDPOINT and _HEADERS.")
    }

    static func unreachable(_ label: String, _ sentence: String) -> ExporterError {
        ExporterError(label: label, description: sentence)
    }
}

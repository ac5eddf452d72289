import Support

/// `name=value,name=value`, the values percent-encoded, as OpenTelemetry's variables have it.
///
/// Source: OpenTelemetry, "OTLP Exporter Configuration" and "Resource SDK": the format of W3C Baggage without properties.
enum NamedValues {
    /// Entries of one variable at most.
    static let most = 64
    /// UTF-8 bytes of a name and of a value at most.
    static let longest = 4_096

    /// - Throws: `ExporterError` that names `variable` and never a value.
    static func parse(_ text: String, of variable: String) throws(ExporterError) -> [(name: String, value: String)] {
        var found: [(name: String, value: String)] = []
        for entry in text.split(separator: ",") {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = trimmed(parts[0])
            guard parts.count == 2, !name.isEmpty else {
                throw .badSetting(variable, "takes name=value pairs, separated by commas")
            }
            guard let value = PercentEncoding.decode(trimmed(parts[1])), isPlain(value), isPlain(name) else {
                throw .badSetting(variable, "has a value for '\(name)' that is not percent-encoded as it should be")
            }
            guard name.utf8.count <= longest, value.utf8.count <= longest, found.count < most else {
                throw .badSetting(variable, "has more than \(most) entries, or one of more than \(longest) bytes")
            }
            found.removeAll { $0.name == name }
            found.append((name, value))
        }
        return found
    }

    private static func isPlain(_ text: String) -> Bool { text.unicodeScalars.allSatisfy { $0.value >= 0x20 } }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }
}

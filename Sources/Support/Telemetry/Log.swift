import Glibc

/// Structured log lines on stderr, one JSON object each, all with the same fields: `level`, `timestamp` (RFC 3339),
/// `service`, `traceId`, `jobId`, `action`, `duration_ms` and `metadata`; null where there is nothing to say.
///
/// `action` is a constant sentence, by which alarms find a line: a `StaticString`, so that nothing a student wrote can slip
/// into one. Of what is given along, `trace`, `job` and `duration_ms` have fields of their own; the rest is `metadata`.
package struct Log: Sendable {
    package enum Level: Int, Sendable, Comparable, CaseIterable {
        case debug, info, warning, error, off

        package init?(name: String) {
            guard let level = Self.allCases.first(where: { "\($0)" == name }) else { return nil }
            self = level
        }

        package static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    package let level: Level
    /// Who speaks, where the lines of several processes come together.
    private let service: String
    private let metadata: [String: String]
    private let write: @Sendable (String) -> Void
    private let time: any TimeSource

    package init(
        level: Level, service: String = "gepeto", time: any TimeSource = SystemTime(),
        metadata: [String: String] = [:],
        write: @escaping @Sendable (String) -> Void = Log.standardError
    ) {
        self.level = level
        self.service = service
        self.time = time
        self.metadata = metadata
        self.write = write
    }

    /// A log that says nothing, for tests.
    package static let silent = Log(level: .off)

    /// The same log with more metadata on every line: a job's id, for example.
    package func with(_ more: [String: String]) -> Log {
        Log(level: level, service: service, time: time, metadata: metadata.merging(more) { $1 }, write: write)
    }

    package func debug(_ message: StaticString, _ metadata: @autoclosure () -> [String: String] = [:]) {
        emit(.debug, message, metadata)
    }
    package func info(_ message: StaticString, _ metadata: @autoclosure () -> [String: String] = [:]) {
        emit(.info, message, metadata)
    }
    package func warning(_ message: StaticString, _ metadata: @autoclosure () -> [String: String] = [:]) {
        emit(.warning, message, metadata)
    }
    package func error(_ message: StaticString, _ metadata: @autoclosure () -> [String: String] = [:]) {
        emit(.error, message, metadata)
    }

    private func emit(_ line: Level, _ message: StaticString, _ more: () -> [String: String]) {
        guard line >= level else { return }
        var rest = metadata.merging(more(), uniquingKeysWith: { $1 })
        let (trace, job) = (rest.removeValue(forKey: "trace"), rest.removeValue(forKey: "job"))
        // Only a whole number is one; what else stands there is shown as it is.
        let duration = rest["duration_ms"].flatMap { Int64($0) }
        if duration != nil { rest["duration_ms"] = nil }
        var text = "{\"level\":\"\(line)\",\"timestamp\":\"\(time.now.rfc3339)\",\"service\":\(service.jsonQuoted)"
        text += ",\"traceId\":\(trace?.jsonQuoted ?? "null"),\"jobId\":\(job?.jsonQuoted ?? "null")"
        text += ",\"action\":\"\(message)\",\"duration_ms\":\(duration.map { "\($0)" } ?? "null"),\"metadata\":{"
        var separator = ""
        for (key, value) in rest.sorted(by: { $0.key < $1.key }) {
            text += "\(separator)\(key.jsonQuoted):\(value.jsonQuoted)"
            separator = ","
        }
        write(text + "}}\n")
    }

    /// One `write(2)` a line, so that lines of several threads never mix.
    package static let standardError: @Sendable (String) -> Void = { line in
        var line = line
        line.withUTF8 { bytes in _ = Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
    }
}

extension String {
    /// The text as a JSON string (RFC 8259, section 7), quotes included.
    package var jsonQuoted: String {
        var quoted = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\u{0}"..."\u{1f}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

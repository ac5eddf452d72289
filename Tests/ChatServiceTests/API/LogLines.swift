import Support

/// A log that is kept, from `debug` on.
struct LogLines: Sendable {
    private final class Kept: Sendable {
        let lines = Locked<[String]>([])
    }

    private let kept = Kept()

    var log: Log {
        let kept = kept
        return Log(level: .debug) { line in kept.lines.withLock { $0.append(line) } }
    }

    var all: [String] { kept.lines.withLock { $0 } }
}

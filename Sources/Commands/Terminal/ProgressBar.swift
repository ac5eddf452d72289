import Support

/// A bar that redraws itself on a terminal and is plain lines elsewhere.
///
/// On a terminal at most ten times a second; elsewhere one line every five seconds, so that a log stays readable.
final class ProgressBar: Sendable {
    private struct State {
        var lastDrawn: Duration?
        var isDrawn = false
    }

    private let console: Console
    private let time: any TimeSource
    private let state = Locked(State())

    init(console: Console, time: any TimeSource = SystemTime()) {
        self.console = console
        self.time = time
    }

    /// Shows how far the work is.
    /// - Parameters:
    ///   - fraction: 0...1; nil when the end is not known.
    ///   - details: what else to say, the most important first.
    func update(fraction: Double?, details: String) {
        let now = time.elapsed
        let interval: Duration = console.width == nil ? .seconds(5) : .milliseconds(100)
        let draws = state.withLock { state in
            if let last = state.lastDrawn, now - last < interval { return false }
            state.lastDrawn = now
            state.isDrawn = console.width != nil
            return true
        }
        guard draws else { return }
        if let width = console.width {
            console.status("\r" + Self.line(fraction: fraction, details: details, width: width) + "\u{1b}[K")
        } else {
            console.note((fraction.map { "\(Int($0 * 100)) % " } ?? "") + details)
        }
    }

    /// Takes the bar away, so that what follows starts on a clean line.
    func clear() {
        let wasDrawn = state.withLock { state in
            defer { state.isDrawn = false }
            return state.isDrawn
        }
        if wasDrawn { console.status("\r\u{1b}[K") }
    }

    /// One line of at most `width - 1` columns.
    static func line(fraction: Double?, details: String, width: Int) -> String {
        let room = max(width - 1, 10)
        guard let fraction else { return String(details.prefix(room)) }
        let share = min(max(fraction, 0), 1)
        let percent = "\(Int(share * 100)) %"
        let cells = min(30, max(5, room - details.count - percent.count - 4))
        let full = Int(share * Double(cells))
        let bar = String(repeating: "█", count: full) + String(repeating: "░", count: cells - full)
        return String("\(bar) \(percent)  \(details)".prefix(room))
    }

    /// `1 h 02 min`, `3 min 20 s` or `5 s`.
    static func spoken(_ duration: Duration) -> String {
        let seconds = max(0, Int(duration.inSeconds.rounded()))
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3600 { return "\(seconds / 60) min \(seconds % 60) s" }
        return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
    }
}

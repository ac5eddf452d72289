import Glibc
import Support

/// Where a command reads and writes: results to standard output, progress and complaints to standard error.
struct Console: Sendable {
    /// Columns of the terminal on standard error; nil when it is none.
    let width: Int?
    /// Whether standard output is a terminal.
    let isInteractive: Bool
    private let output: @Sendable (String) -> Void
    private let complaint: @Sendable (String) -> Void

    init(
        width: Int?, isInteractive: Bool = false, output: @escaping @Sendable (String) -> Void,
        complaint: @escaping @Sendable (String) -> Void
    ) {
        self.width = width
        self.isInteractive = isInteractive
        self.output = output
        self.complaint = complaint
    }

    /// The process's own.
    static let standard = Console(
        width: terminalWidth(), isInteractive: isatty(STDOUT_FILENO) == 1,
        output: { writeAll($0, to: STDOUT_FILENO) }, complaint: { writeAll($0, to: STDERR_FILENO) })

    func print(_ line: String) { output(line + "\n") }
    func write(_ text: String) { output(text) }
    func note(_ line: String) { complaint(line + "\n") }
    func status(_ text: String) { complaint(text) }

    private static func terminalWidth() -> Int? {
        guard isatty(STDERR_FILENO) == 1 else { return nil }
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Writes all of `text`; gives up when the reader is gone.
    private static func writeAll(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }
}

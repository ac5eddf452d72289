import Glibc
import Support

/// Lines as they arrive on a pipe or terminal, read on a thread of its own and in bounded memory.
actor LineInput {
    /// The longest line, in bytes.
    static let lineLimit = 1 << 20
    private static let blockSize = 1 << 16

    private let executor = SerialQueueExecutor(label: "input")
    private let descriptor: CInt
    private var pending: [UInt8] = []
    /// Where the next line begins in `pending`.
    private var start = 0
    private var isAtEnd = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameter descriptor: stays the caller's, who closes it.
    init(descriptor: CInt) { self.descriptor = descriptor }

    /// Waits for a line, then takes what else is there already, at most `count` lines; empty at the end of the input.
    /// - Throws: `CommandFailure` for a line beyond the limit, after the lines before it were handed out.
    func next(_ count: Int) throws -> [String] {
        var lines: [String] = []
        var searched = start
        while lines.count < count {
            if let end = pending[searched...].firstIndex(of: 0x0a) ?? (isAtEnd ? pending.count : nil) {
                if isAtEnd, start == pending.count { break }
                guard end - start <= Self.lineLimit else {
                    if !lines.isEmpty { break }
                    throw Self.tooLong
                }
                let hasReturn = end > start && end < pending.count && pending[end - 1] == 0x0d
                lines.append(String(decoding: pending[start..<(hasReturn ? end - 1 : end)], as: UTF8.self))
                start = min(end + 1, pending.count)
                searched = start
                continue
            }
            if !lines.isEmpty, !isReady { break }
            guard pending.count - start <= Self.lineLimit else {
                if !lines.isEmpty { break }
                throw Self.tooLong
            }
            pending.removeFirst(start)
            start = 0
            searched = pending.count
            try readBlock()
        }
        return lines
    }

    /// Whether a read would return at once.
    private var isReady: Bool {
        var wish = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&wish, 1, 0) > 0
    }

    private func readBlock() throws {
        var block = [UInt8](repeating: 0, count: Self.blockSize)
        let count = read(descriptor, &block, block.count)
        if count < 0, errno != EINTR {
            throw CommandFailure("cannot_read_input", "the input cannot be read: \(String(cString: strerror(errno))).")
        }
        if count == 0 { isAtEnd = true }
        if count > 0 { pending += block[..<count] }
    }

    private static var tooLong: CommandFailure {
        CommandFailure("line_too_long", "a line has more than 1 MiB; split the text.")
    }
}

import Glibc
import Support

/// A line of a file, without its line break.
package struct NumberedLine: Sendable {
    /// From 1.
    package let number: Int
    package let bytes: [UInt8]
}

/// Reads a file line by line on a thread of its own, in bounded memory.
package actor LineReader {
    /// The longest line.
    static let lineLimit = 16 << 20
    private static let blockSize = 1 << 18

    nonisolated let file: String
    /// Bytes in the file when it was opened; at least 1.
    nonisolated let size: Int64
    /// Bytes of the lines handed out so far.
    private(set) var position: Int64 = 0
    private let executor = SerialQueueExecutor(label: "lines")
    private let descriptor: Descriptor
    private var number = 0
    private var pending: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Throws: `EvaluationError` when the file cannot be opened.
    package init(file: String) throws {
        let opened = open(file, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else { throw Self.error(file) }
        descriptor = Descriptor(opened)
        var status = stat()
        guard fstat(opened, &status) == 0 else { throw Self.error(file) }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw EvaluationError.cannotRead(file: file, reason: "it is a folder")
        }
        self.file = file
        size = max(1, Int64(status.st_size))
    }

    /// The next lines that are not blank, at most `count`; empty at the end of the file.
    package func next(_ count: Int) throws -> [NumberedLine] {
        var lines: [NumberedLine] = []
        while lines.count < count, let bytes = try nextLine() {
            number += 1
            position += Int64(bytes.count + 1)
            let isBlank = bytes.allSatisfy { $0 == 0x20 || (0x09...0x0d).contains($0) }
            if !isBlank { lines.append(NumberedLine(number: number, bytes: bytes)) }
        }
        return lines
    }

    private func nextLine() throws -> [UInt8]? {
        var searched = start
        while true {
            if let end = pending[searched...].firstIndex(of: 0x0a) {
                defer { start = end + 1 }
                let hasReturn = end > start && pending[end - 1] == 0x0d
                return Array(pending[start..<(hasReturn ? end - 1 : end)])
            }
            if isAtEnd {
                guard start < pending.count else { return nil }
                defer { start = pending.count }
                return Array(pending[start...])
            }
            guard pending.count - start <= Self.lineLimit else {
                throw EvaluationError.badLine(file: file, line: number + 1, reason: "it is longer than 16 MiB")
            }
            pending.removeFirst(start)
            start = 0
            searched = pending.count
            try readBlock()
        }
    }

    private func readBlock() throws {
        var block = [UInt8](repeating: 0, count: Self.blockSize)
        let count = read(descriptor.number, &block, block.count)
        if count < 0, errno != EINTR { throw Self.error(file) }
        if count == 0 { isAtEnd = true }
        if count > 0 { pending += block[..<count] }
    }

    private static func error(_ file: String) -> EvaluationError {
        .cannotRead(file: file, reason: String(cString: strerror(errno)))
    }

    /// Closes the file with the reader.
    private final class Descriptor: Sendable {
        let number: CInt
        init(_ number: CInt) { self.number = number }
        deinit { close(number) }
    }
}

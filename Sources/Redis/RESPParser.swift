/// Reads replies out of bytes as they come, in pieces of any size. A pure value; memory is bounded by `Limits`.
///
/// After an error it must not be fed again: where the next reply would begin is not known, so the connection is over.
package struct RESPParser: Sendable {
    package struct Limits: Sendable {
        /// Arrays within each other.
        package var depth = 8
        /// Bytes of one bulk string.
        package var bulk = 8 << 20
        /// Elements of all arrays of one reply.
        package var elements = 100_000
        /// Bytes of one reply, and so of what is buffered beside one piece.
        package var reply = 16 << 20
        /// Bytes of a simple string or of an error.
        package var line = 16 << 10

        package init() {}
    }

    /// The array whose elements are being read.
    private struct OpenArray {
        let count: Int
        var values: [RESPValue] = []
    }

    /// Of a length or an integer: a sign and the digits of 64 bits.
    private static let longestNumber = 20

    private let limits: Limits
    private var buffer: [UInt8] = []
    /// The first byte that is not read yet.
    private var start = 0
    /// No line ends before this one.
    private var searched = 0
    private var open: [OpenArray] = []
    private var replyBytes = 0
    private var replyElements = 0

    package init(limits: Limits = Limits()) { self.limits = limits }

    /// Whether a reply has begun and is not complete.
    package var isAmidReply: Bool { start < buffer.count || !open.isEmpty }

    /// Takes the next bytes of the stream and adds every reply they complete to `replies`.
    package mutating func feed(
        _ bytes: some Collection<UInt8>, into replies: inout [RESPValue]
    ) throws(RESPViolation) {
        buffer.append(contentsOf: bytes)
        while let token = try next() {
            switch token {
            case .value(let value):
                if let reply = close(with: value) {
                    replies.append(reply)
                    (replyBytes, replyElements) = (0, 0)
                }
            case .array(let count): open.append(OpenArray(count: count))
            }
        }
        dropRead()
    }

    private enum Token {
        case value(RESPValue)
        case array(Int)
    }

    /// The next token; nil when more bytes are needed for it.
    private mutating func next() throws(RESPViolation) -> Token? {
        guard start < buffer.count else { return nil }
        let kind = buffer[start]
        let longest: Int
        switch kind {
        case UInt8(ascii: "+"), UInt8(ascii: "-"): longest = limits.line
        case UInt8(ascii: ":"), UInt8(ascii: "$"), UInt8(ascii: "*"): longest = Self.longestNumber
        default: throw .unknownType
        }
        guard let end = try lineEnd(longest: longest) else { return nil }
        let line = buffer[start + 1..<end]
        let size = end + 2 - start
        switch kind {
        case UInt8(ascii: "+"): return .value(.text(try take(size, String(decoding: line, as: UTF8.self))))
        case UInt8(ascii: "-"): return .value(.error(try take(size, String(decoding: line, as: UTF8.self))))
        case UInt8(ascii: ":"): return .value(.integer(try take(size, try Self.number(line))))
        case UInt8(ascii: "$"): return try bulk(length: try Self.number(line), after: size)
        default: return try array(count: try Self.number(line), after: size)
        }
    }

    private mutating func bulk(length: Int64, after header: Int) throws(RESPViolation) -> Token? {
        if length == -1 { return .value(try take(header, .null)) }
        guard length >= 0 else { throw .malformed }
        guard length <= limits.bulk, replyBytes + header + Int(length) + 2 <= limits.reply else { throw .tooLarge }
        let first = start + header
        let end = first + Int(length)
        guard buffer.count >= end + 2 else {
            buffer.reserveCapacity(end + 2)
            return nil
        }
        guard buffer[end] == UInt8(ascii: "\r"), buffer[end + 1] == UInt8(ascii: "\n") else { throw .malformed }
        return .value(try take(end + 2 - start, .bytes(Array(buffer[first..<end]))))
    }

    private mutating func array(count: Int64, after header: Int) throws(RESPViolation) -> Token? {
        if count == -1 { return .value(try take(header, .null)) }
        guard count >= 0 else { throw .malformed }
        guard count <= limits.elements, replyElements + Int(count) <= limits.elements, open.count < limits.depth
        else { throw .tooLarge }
        replyElements += Int(count)
        return try take(header, count == 0 ? .value(.array([])) : .array(Int(count)))
    }

    /// Marks `size` bytes as read.
    private mutating func take<Value>(_ size: Int, _ value: Value) throws(RESPViolation) -> Value {
        replyBytes += size
        guard replyBytes <= limits.reply else { throw .tooLarge }
        start += size
        searched = start
        return value
    }

    /// Where the CR of the line that begins at `start` stands; nil when it has not come yet.
    private mutating func lineEnd(longest: Int) throws(RESPViolation) -> Int? {
        var index = max(searched, start + 1)
        // Behind the longest line there is its CR.
        let last = start + 1 + longest
        while index < buffer.count {
            let byte = buffer[index]
            if byte == UInt8(ascii: "\n") { throw .malformed }
            if byte == UInt8(ascii: "\r") {
                searched = index
                guard index + 1 < buffer.count else { return nil }
                guard buffer[index + 1] == UInt8(ascii: "\n") else { throw .malformed }
                return index
            }
            guard index < last else { throw .tooLarge }
            index += 1
        }
        searched = index
        return nil
    }

    /// Puts a complete value into the array it belongs to, and that into its own while it is the last one.
    /// - Returns: the reply when it is complete.
    private mutating func close(with value: RESPValue) -> RESPValue? {
        var value = value
        while var array = open.popLast() {
            array.values.append(value)
            guard array.values.count == array.count else {
                open.append(array)
                return nil
            }
            value = .array(array.values)
        }
        return value
    }

    private mutating func dropRead() {
        if start == buffer.count {
            buffer.removeAll(keepingCapacity: buffer.count <= 256 << 10)
        } else {
            buffer.removeSubrange(..<start)
        }
        searched -= start
        start = 0
    }

    /// `-` and digits, nothing else.
    private static func number(_ line: ArraySlice<UInt8>) throws(RESPViolation) -> Int64 {
        let isNegative = line.first == UInt8(ascii: "-")
        let digits = isNegative ? line.dropFirst() : line
        guard !digits.isEmpty else { throw .malformed }
        var number: Int64 = 0
        for digit in digits {
            guard (48...57).contains(digit) else { throw .malformed }
            let (tenfold, overflows) = number.multipliedReportingOverflow(by: 10)
            let value = Int64(digit - 48)
            let (sum, exceeds) = tenfold.addingReportingOverflow(isNegative ? -value : value)
            guard !overflows, !exceeds else { throw .malformed }
            number = sum
        }
        return number
    }
}

/// Bytes that are no reply.
package enum RESPViolation: Error {
    case unknownType, malformed, tooLarge
}

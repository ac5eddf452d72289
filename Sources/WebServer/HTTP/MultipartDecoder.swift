import Glibc

/// Decodes `multipart/form-data` (RFC 7578, RFC 2046 section 5.1) piece by piece. A pure value.
///
/// Holds no more than one part's head or one boundary beyond the piece it is given.
package struct MultipartDecoder: Sendable {
    package enum Event: Sendable, Equatable {
        /// A part begins.
        case part(HTTPFields)
        /// A piece of the part's content; never empty.
        case data([UInt8])
        /// The part is complete.
        case partEnd
    }

    private enum State {
        case preamble
        /// Behind a boundary: the end of its line, or the two hyphens that end the body.
        case boundary
        case content
        case epilogue
    }

    /// Bytes of one part's head.
    static let longestHead = 16 << 10
    /// Parts of one body.
    static let mostParts = 64

    private let delimiter: [UInt8]
    /// A body begins as if a line had ended before it, so that its first boundary is like every other.
    private var buffer: [UInt8] = [.carriageReturn, .lineFeed]
    private var state = State.preamble
    private var parts = 0

    /// - Throws: `HTTPError` 400 when the type names no boundary.
    package init(contentType: String) throws(HTTPError) {
        guard let boundary = HeaderParameters(contentType)["boundary"], (1...70).contains(boundary.utf8.count),
            boundary.utf8.allSatisfy({ (0x20..<0x7f).contains($0) })
        else { throw .malformed("A multipart body needs a boundary of 1 to 70 characters in its Content-Type.") }
        delimiter = Array("\r\n--\(boundary)".utf8)
    }

    /// Whether the last boundary has been seen; without it the body was cut off.
    package var isComplete: Bool { if case .epilogue = state { true } else { false } }

    /// Takes the next piece of the body.
    /// - Throws: `HTTPError` 400.
    package mutating func decode(_ bytes: [UInt8]) throws(HTTPError) -> [Event] {
        if case .epilogue = state { return [] }
        buffer += bytes
        var events: [Event] = []
        var position = 0
        while let next = try step(from: position, &events) { position = next }
        if case .epilogue = state { buffer = [] } else { buffer.removeFirst(position) }
        return events
    }

    /// Understands what begins at `position`; nil when more bytes are needed.
    private mutating func step(from position: Int, _ events: inout [Event]) throws(HTTPError) -> Int? {
        switch state {
        case .preamble:
            guard let start = find(delimiter, from: position) else {
                let kept = max(position, buffer.count - delimiter.count + 1)
                return kept > position ? kept : nil
            }
            state = .boundary
            return start + delimiter.count
        case .content:
            guard let start = find(delimiter, from: position) else {
                let safe = buffer.count - delimiter.count + 1
                guard safe > position else { return nil }
                events.append(.data(Array(buffer[position..<safe])))
                return safe
            }
            if start > position { events.append(.data(Array(buffer[position..<start]))) }
            events.append(.partEnd)
            state = .boundary
            return start + delimiter.count
        case .boundary: return try head(from: position, &events)
        case .epilogue: return nil
        }
    }

    /// The rest of a boundary's line and the head of the part behind it.
    private mutating func head(from position: Int, _ events: inout [Event]) throws(HTTPError) -> Int? {
        guard buffer.count >= position + 2 else { return nil }
        if buffer[position] == UInt8(ascii: "-"), buffer[position + 1] == UInt8(ascii: "-") {
            state = .epilogue
            return nil
        }
        // The line's own end counts as the first half of the empty line, for a part may have no fields at all.
        guard let end = find([.carriageReturn, .lineFeed, .carriageReturn, .lineFeed], from: position) else {
            // The end may have begun: how the body is cut must not decide.
            guard buffer.count - position < Self.longestHead + 4 else {
                throw .malformed("The head of a part is larger than \(Self.longestHead) bytes.")
            }
            return nil
        }
        parts += 1
        guard parts <= Self.mostParts else {
            throw .malformed("The body has more than \(Self.mostParts) parts.")
        }
        guard end - position <= Self.longestHead else {
            throw .malformed("The head of a part is larger than \(Self.longestHead) bytes.")
        }
        let lines = String(decoding: buffer[position..<end], as: UTF8.self).split(
            separator: "\r\n", omittingEmptySubsequences: false)
        guard lines.first?.allSatisfy({ $0 == " " || $0 == "\t" }) == true else {
            throw .malformed("A boundary of the multipart body is followed by something else.")
        }
        var fields = HTTPFields()
        for line in lines.dropFirst() where !line.isEmpty {
            guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else {
                throw .malformed("A line in the head of a part has no colon.")
            }
            fields.append(
                HTTPFields.trimmed(String(line[..<colon])),
                HTTPFields.trimmed(String(line[line.utf8.index(after: colon)...])))
        }
        events.append(.part(fields))
        state = .content
        return end + 4
    }

    private func find(_ needle: [UInt8], from position: Int) -> Int? {
        guard buffer.count - position >= needle.count else { return nil }
        // Lines are rare in most files: `memchr` is faster than to compare at every byte.
        return buffer.withUnsafeBytes { buffer in
            needle.withUnsafeBytes { needle in
                guard let start = buffer.baseAddress, let pattern = needle.baseAddress, let first = needle.first else {
                    return nil
                }
                var position = position
                while buffer.count - position >= needle.count,
                    let found = memchr(start + position, Int32(first), buffer.count - position - needle.count + 1)
                {
                    if memcmp(found, pattern, needle.count) == 0 { return UnsafeRawPointer(found) - start }
                    position = UnsafeRawPointer(found) - start + 1
                }
                return nil
            }
        }
    }
}

/// Decodes the chunked transfer coding (RFC 9112, section 7.1) piece by piece. A pure value.
///
/// Chunk extensions and trailers are checked, bounded and dropped, as sections 7.1.1 and 7.1.2 allow.
struct ChunkedDecoder: Sendable {
    private enum State {
        case firstDigit, digits, sizeSpace, extensions, sizeLineFeed, data, dataReturn, dataLineFeed
        case trailerStart, trailerName, trailerValue, trailerLineFeed, lastLineFeed, done
    }

    private var state = State.firstDigit
    private var remaining = 0
    /// Of all chunks whose size is known.
    private var total = 0
    private var digitCount = 0
    private var extensionBytes = 0
    private var trailerBytes = 0
    private let limits: ServerLimits

    init(limits: ServerLimits) { self.limits = limits }

    var isDone: Bool { state == .done }

    /// Appends decoded data to `body` and returns how many bytes it took; it stops behind the last chunk's trailers.
    /// - Parameter bodyLimit: the most that all chunks together may hold. One that would be too large is refused (413) by its
    ///   size, before its data.
    mutating func decode(
        _ bytes: ArraySlice<UInt8>, bodyLimit: Int, into body: inout [UInt8]
    ) throws(HTTPError) -> Int {
        var index = bytes.startIndex
        while index < bytes.endIndex, state != .done {
            if state == .data {
                let count = min(remaining, bytes.endIndex - index)
                body.append(contentsOf: bytes[index..<index + count])
                index += count
                remaining -= count
                if remaining == 0 { state = .dataReturn }
            } else {
                try take(bytes[index])
                index += 1
                if state == .data {
                    guard remaining <= bodyLimit - total else { throw .contentTooLarge(limit: bodyLimit) }
                    total += remaining
                }
            }
        }
        return index - bytes.startIndex
    }

    private mutating func take(_ byte: UInt8) throws(HTTPError) {
        switch state {
        case .firstDigit, .digits, .sizeSpace, .extensions, .sizeLineFeed: try takeSizeLine(byte)
        case .dataReturn:
            try expect(byte, .carriageReturn, "A chunk must end in CR LF.")
            state = .dataLineFeed
        case .dataLineFeed:
            try expect(byte, .lineFeed, "A chunk must end in CR LF.")
            state = .firstDigit
        case .trailerStart, .trailerName, .trailerValue, .trailerLineFeed, .lastLineFeed: try takeTrailer(byte)
        case .data, .done: break
        }
    }

    private mutating func takeSizeLine(_ byte: UInt8) throws(HTTPError) {
        switch state {
        case .firstDigit, .digits:
            if let digit = byte.hexDigit {
                digitCount += 1
                // Fifteen digits are 60 bits: no sum of them overflows.
                guard digitCount <= 15 else { throw .malformed("A chunk's size is too large.") }
                remaining = remaining << 4 | digit
                state = .digits
                return
            }
            guard state == .digits else { throw .malformed("A chunk must begin with its size in hexadecimal.") }
            try endOfSize(byte)
        case .sizeSpace: try endOfSize(byte)
        case .extensions:
            extensionBytes += 1
            guard extensionBytes <= limits.chunkExtensions else {
                throw .malformed("The chunk extensions are too large.")
            }
            if byte == .carriageReturn {
                state = .sizeLineFeed
            } else if !byte.isFieldCharacter || byte >= 0x80 {
                throw .malformed("A chunk extension may not hold control characters.")
            }
        default:
            try expect(byte, .lineFeed, "A chunk's size line must end in CR LF.")
            digitCount = 0
            state = remaining == 0 ? .trailerStart : .data
        }
    }

    /// White space is only allowed before an extension (RFC 9112, section 7.1.1), so it counts as one.
    private mutating func endOfSize(_ byte: UInt8) throws(HTTPError) {
        switch byte {
        case UInt8(ascii: ";"): state = .extensions
        case .carriageReturn where state == .digits: state = .sizeLineFeed
        case .space, 0x09:
            extensionBytes += 1
            guard extensionBytes <= limits.chunkExtensions else {
                throw .malformed("The chunk extensions are too large.")
            }
            state = .sizeSpace
        default: throw .malformed("A chunk's size must be a hexadecimal number.")
        }
    }

    private mutating func takeTrailer(_ byte: UInt8) throws(HTTPError) {
        if state != .lastLineFeed {
            trailerBytes += 1
            guard trailerBytes <= limits.trailers else { throw .headTooLarge }
        }
        switch state {
        case .trailerStart where byte == .carriageReturn: state = .lastLineFeed
        case .trailerStart:
            guard byte.isTokenCharacter else { throw .malformed("A trailer must begin with its name.") }
            state = .trailerName
        case .trailerName where byte == UInt8(ascii: ":"): state = .trailerValue
        case .trailerName:
            guard byte.isTokenCharacter else { throw .malformed("A trailer's name must be a token.") }
        case .trailerValue where byte == .carriageReturn: state = .trailerLineFeed
        case .trailerValue:
            guard byte.isFieldCharacter else { throw .malformed("A trailer may not hold control characters.") }
        case .trailerLineFeed:
            try expect(byte, .lineFeed, "A trailer must end in CR LF.")
            state = .trailerStart
        default:
            try expect(byte, .lineFeed, "A chunked body must end in CR LF.")
            state = .done
        }
    }

    private func expect(_ byte: UInt8, _ expected: UInt8, _ sentence: String) throws(HTTPError) {
        guard byte == expected else { throw .malformed(sentence) }
    }
}

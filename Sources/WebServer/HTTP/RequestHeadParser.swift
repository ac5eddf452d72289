/// Finds and checks the head of a request (RFC 9112, sections 2 to 6), strictly: what two programs on the way could
/// understand differently is refused, because that is how requests are smuggled. A pure value; feed it a growing buffer.
struct RequestHeadParser: Sendable {
    private let limits: ServerLimits
    /// Bytes from the start of the head that are known not to end it.
    private var searched = 0

    init(limits: ServerLimits) { self.limits = limits }

    /// Whether bytes of a head have been seen.
    var hasBegun: Bool { searched > 0 }

    /// The head at the start of `bytes` and how long it is; nil when more bytes are needed.
    mutating func parse(_ bytes: ArraySlice<UInt8>) throws(HTTPError) -> (head: RequestHead, count: Int)? {
        let start = try skipBlankLine(bytes)
        if start < bytes.endIndex, !bytes[start].isTokenCharacter {
            throw .malformed("A request must begin with its method.")
        }
        guard let end = try findEnd(bytes, from: start) else { return nil }
        searched = 0
        let head = try HeadLines(bytes[start..<end], limits: limits).read()
        return (head, end - bytes.startIndex)
    }

    /// RFC 9112, section 2.2: one empty line before the request line is forgiven.
    private func skipBlankLine(_ bytes: ArraySlice<UInt8>) throws(HTTPError) -> Int {
        guard bytes.first == .carriageReturn else { return bytes.startIndex }
        guard bytes.count >= 2 else { return bytes.endIndex }
        guard bytes[bytes.startIndex + 1] == .lineFeed else { throw .malformed("A line may not hold a bare CR.") }
        return bytes.startIndex + 2
    }

    /// The index behind the empty line. Looks at no more than the largest allowed head, so that the same bytes have the
    /// same fate however they were cut.
    private mutating func findEnd(_ bytes: ArraySlice<UInt8>, from start: Int) throws(HTTPError) -> Int? {
        let limit = min(bytes.endIndex, start + limits.head)
        var index = max(bytes.startIndex + searched, start)
        while let lineFeed = bytes[index..<max(index, limit)].firstIndex(of: .lineFeed) {
            guard lineFeed > start, bytes[lineFeed - 1] == .carriageReturn else {
                throw .malformed("Lines must end in CR LF, not in a bare LF.")
            }
            if lineFeed >= start + 3, bytes[lineFeed - 2] == .lineFeed { return lineFeed + 1 }
            index = lineFeed + 1
        }
        searched = limit - bytes.startIndex
        guard limit - start < limits.head else {
            if bytes[start..<limit].contains(.lineFeed) { throw .headTooLarge }
            throw .targetTooLong(limit: limits.target)
        }
        return nil
    }
}

extension HTTPError {
    static let headTooLarge = HTTPError(
        431, .headTooLarge, "The request's header fields are too large: send fewer or shorter ones.")

    static func targetTooLong(limit: Int) -> HTTPError {
        HTTPError(
            414, .targetTooLong,
            "The request's address is longer than the \(limit) bytes allowed, percent-encoding included: shorten the query."
        )
    }
}

extension UInt8 {
    static let carriageReturn: UInt8 = 0x0D
    static let lineFeed: UInt8 = 0x0A
    static let space: UInt8 = 0x20
}

/// A response whose head has come and whose body is on its way.
package struct HTTPClientResponse: Sendable {
    package let head: HTTPResponseHead
    package let body: HTTPResponseBody

    package var status: Int { head.status }
}

/// Status and header fields.
package struct HTTPResponseHead: Sendable, Equatable {
    package let status: Int
    /// In the order received, names as received; at most 200 and 64 KiB together.
    package internal(set) var fields: [Field]

    package struct Field: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    /// The first field of that name, letter case aside.
    package subscript(name: String) -> String? {
        let name = name.lowercased()
        return fields.first { $0.name.lowercased() == name }?.value
    }

    /// Reads a status line (RFC 9112, section 4); nil for anything else.
    init?(statusLine line: some StringProtocol) {
        guard line.hasPrefix("HTTP/") else { return nil }
        let parts = line.split(separator: " ", maxSplits: 2)
        guard parts.count >= 2, parts[1].utf8.count == 3, let status = Int(parts[1]), status >= 100 else { return nil }
        self.status = status
        fields = []
    }

    /// Adds a field line without its line break; a line without a colon is not one and is left out.
    mutating func append(line: some StringProtocol) {
        guard let colon = line.firstIndex(of: ":") else { return }
        let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        fields.append(Field(name: String(line[..<colon]), value: String(value)))
    }
}

/// A response's body as it comes: read it once, from one task.
///
/// At most 256 KiB wait for the reader; then the peer is made to wait. Letting go of the body, or cancelling the task
/// that reads it, ends the transfer and closes its connection.
package final class HTTPResponseBody: AsyncSequence, Sendable {
    package typealias Element = [UInt8]
    package typealias Failure = any Error

    private let transfer: Transfer

    init(_ transfer: Transfer) { self.transfer = transfer }

    deinit { transfer.cancel() }

    package struct Iterator: AsyncIteratorProtocol {
        /// Holds the body, which ends its transfer when it goes.
        let body: HTTPResponseBody

        /// The bytes that have come since the last call; nil at the end.
        /// - Throws: `HTTPClientError`; `CancellationError`.
        package mutating func next() async throws -> [UInt8]? { try await body.transfer.nextBytes() }
    }

    package func makeAsyncIterator() -> Iterator { Iterator(body: self) }

    /// The whole body.
    /// - Throws: `HTTPClientError` (`too_large` beyond `limit` bytes); `CancellationError`.
    package func collect(upTo limit: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await piece in self {
            guard bytes.count + piece.count <= limit else { throw transfer.error(.tooLarge) }
            bytes += piece
        }
        return bytes
    }

    /// The first `limit` bytes, or as many as came before the body ended or broke: for error bodies.
    package func prefix(upTo limit: Int) async -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            for try await piece in self {
                bytes += piece.prefix(limit - bytes.count)
                if bytes.count >= limit { break }
            }
        } catch {
            // What came before is all there is to show.
        }
        return bytes
    }
}

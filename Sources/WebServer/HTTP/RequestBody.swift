/// A request's body, piece by piece as it arrives. It can be read once.
///
/// Reading slower than the peer sends makes the peer wait (back-pressure); not reading at all is allowed. Iteration
/// throws `HTTPError` when the body breaks off, and `CancellationError` when the task is cancelled.
package struct RequestBody: AsyncSequence, Sendable {
    package typealias Element = [UInt8]

    private enum Source: Sendable {
        case bytes([UInt8])
        case peer(Inflow<[UInt8]>)
    }

    private let source: Source

    /// A body that is already there.
    package init(_ bytes: [UInt8] = []) { source = .bytes(bytes) }

    init(_ inflow: Inflow<[UInt8]>) { source = .peer(inflow) }

    /// Whether the request has no body at all.
    package var isEmpty: Bool {
        if case .bytes(let bytes) = source { return bytes.isEmpty }
        return false
    }

    /// The whole body.
    /// - Parameter limit: in bytes; a longer body throws `HTTPError` (413).
    package func collect(upTo limit: Int) async throws -> [UInt8] {
        var whole: [UInt8] = []
        for try await piece in self {
            guard piece.count <= limit - whole.count else { throw HTTPError.contentTooLarge(limit: limit) }
            if whole.isEmpty { whole = piece } else { whole += piece }
        }
        return whole
    }

    package func makeAsyncIterator() -> Iterator {
        switch source {
        case .bytes(let bytes): Iterator(rest: bytes, inflow: nil)
        case .peer(let inflow): Iterator(rest: [], inflow: inflow)
        }
    }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate var rest: [UInt8]
        fileprivate let inflow: Inflow<[UInt8]>?

        package mutating func next() async throws -> [UInt8]? {
            if let inflow { return try await inflow.next() }
            defer { rest = [] }
            return rest.isEmpty ? nil : rest
        }
    }
}

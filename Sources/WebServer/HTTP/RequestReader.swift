/// Turns the bytes of a connection into requests, one after the other: head, body pieces, end. A pure value.
struct RequestReader: Sendable {
    enum Event: Sendable, Equatable {
        case head(RequestHead)
        /// Never empty.
        case body([UInt8])
        /// The request is complete; the next one may follow.
        case end
    }

    private enum State {
        case head
        case length(remaining: Int)
        case chunked(ChunkedDecoder)
        case complete
    }

    private let limits: ServerLimits
    private var parser: RequestHeadParser
    private var state = State.head
    private var bodyBytes = 0
    /// The most a body may have; set it after the head. A longer one throws 413.
    var bodyLimit = 0

    init(limits: ServerLimits) {
        self.limits = limits
        parser = RequestHeadParser(limits: limits)
    }

    /// Whether the reader stands between two requests and has seen nothing of the next.
    var isIdle: Bool {
        if case .head = state { return !parser.hasBegun }
        return false
    }

    /// The next event; nil when `input` must grow first.
    mutating func next(_ input: inout InputBuffer) throws(HTTPError) -> Event? {
        switch state {
        case .head:
            guard !input.isEmpty, let (head, count) = try parser.parse(input.unread) else { return nil }
            input.drop(count)
            bodyBytes = 0
            switch head.framing {
            case .none: state = .complete
            case .length(let length): state = .length(remaining: length)
            case .chunked: state = .chunked(ChunkedDecoder(limits: limits))
            }
            return .head(head)
        case .length(let remaining):
            guard bodyBytes + remaining <= bodyLimit else { throw .contentTooLarge(limit: bodyLimit) }
            guard !input.isEmpty else { return nil }
            let piece = Array(input.unread.prefix(remaining))
            input.drop(piece.count)
            bodyBytes += piece.count
            state = piece.count == remaining ? .complete : .length(remaining: remaining - piece.count)
            return .body(piece)
        case .chunked(var decoder):
            guard !input.isEmpty else { return nil }
            var piece: [UInt8] = []
            let count = try decoder.decode(input.unread, bodyLimit: bodyLimit, into: &piece)
            input.drop(count)
            state = decoder.isDone ? .complete : .chunked(decoder)
            if !piece.isEmpty { return .body(piece) }
            return decoder.isDone ? try next(&input) : nil
        case .complete:
            state = .head
            return .end
        }
    }
}

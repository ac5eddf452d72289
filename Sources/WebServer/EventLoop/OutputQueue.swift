/// What waits to be sent to one peer, in order.
struct OutputQueue {
    enum Segment {
        /// `owner`, when there is one, is told as soon as all of the bytes are sent or dropped.
        case bytes([UInt8], owner: Outflow?)
        case file(FileSlice)

        var count: Int {
            switch self {
            case .bytes(let bytes, _): bytes.count
            case .file(let slice): slice.count
            }
        }
    }

    /// What to hand to the system next.
    enum Piece {
        case bytes(ArraySlice<UInt8>)
        case file(OpenFile, offset: Int, count: Int)
    }

    private var segments: [Segment] = []
    private var first = 0
    /// How much of the first segment is sent already.
    private var sent = 0
    /// Bytes that wait, of files too.
    private(set) var count = 0

    var isEmpty: Bool { first == segments.count }

    mutating func append(_ segment: Segment) {
        guard segment.count > 0 else { return }
        segments.append(segment)
        count += segment.count
    }

    /// The next piece; short segments are gathered, so that a burst of small frames is one system call.
    func next() -> Piece? {
        guard first < segments.count else { return nil }
        switch segments[first] {
        case .file(let slice):
            return .file(slice.file, offset: slice.offset + sent, count: slice.count - sent)
        case .bytes(let bytes, _):
            guard bytes.count - sent < Self.gathered, first + 1 < segments.count,
                case .bytes = segments[first + 1]
            else { return .bytes(bytes[sent...]) }
            var gathered = Array(bytes[sent...])
            for segment in segments[(first + 1)...] {
                guard case .bytes(let more, _) = segment, gathered.count + more.count <= Self.gathered else { break }
                gathered += more
            }
            return .bytes(gathered[...])
        }
    }

    private static let gathered = 64 << 10

    /// Forgets the first `count` bytes: they are sent.
    mutating func advance(_ count: Int) {
        self.count -= count
        sent += count
        while first < segments.count, sent >= segments[first].count {
            sent -= segments[first].count
            settle(segments[first])
            first += 1
        }
        if isEmpty {
            segments = []
            first = 0
        } else if first >= 64 {
            segments.removeFirst(first)
            first = 0
        }
    }

    /// Drops all that has not been begun; what is half sent stays, so that the peer never sees half a frame.
    mutating func dropUnbegun() {
        let keep = sent > 0 ? first + 1 : first
        for segment in segments[keep...] {
            count -= segment.count
            settle(segment)
        }
        segments.removeSubrange(keep...)
        if isEmpty {
            segments = []
            first = 0
        }
    }

    mutating func removeAll() {
        for segment in segments[first...] { settle(segment) }
        self = OutputQueue()
    }

    private func settle(_ segment: Segment) {
        if case .bytes(let bytes, let owner?) = segment { owner.release(bytes.count) }
    }
}

/// What waits to be sent to one peer, in order; there is one only while something waits.
final class OutputQueue {
    /// Who is told as soon as all of a segment is sent or dropped.
    enum Owner {
        case none
        case stream(Outflow)
        case socket(WebSocketConnection)

        func release(_ count: Int) {
            switch self {
            case .none: break
            case .stream(let outflow): outflow.release(count)
            case .socket(let socket): socket.release(count)
            }
        }
    }

    enum Segment {
        case bytes([UInt8], owner: Owner)
        case file(FileSlice)

        var count: Int {
            switch self {
            case .bytes(let bytes, _): bytes.count
            case .file(let slice): slice.count
            }
        }

        func settle() {
            if case .bytes(let bytes, let owner) = self { owner.release(bytes.count) }
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

    func append(_ segment: Segment) {
        guard segment.count > 0 else { return }
        segments.append(segment)
        count += segment.count
    }

    /// Puts the rest of what was begun before all that waits.
    func putFirst(_ bytes: [UInt8]) {
        segments.insert(.bytes(bytes, owner: .none), at: first)
        count += bytes.count
        beganFirst = true
    }

    /// The first segment is the rest of another and must go out whole.
    private var beganFirst = false

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
    func advance(_ count: Int) {
        self.count -= count
        sent += count
        while first < segments.count, sent >= segments[first].count {
            sent -= segments[first].count
            segments[first].settle()
            first += 1
            beganFirst = false
        }
        if first >= 64 || isEmpty {
            segments.removeFirst(first)
            first = 0
        }
    }

    /// Drops all that has not been begun; what is half sent stays, so that the peer never sees half a frame.
    func dropUnbegun() {
        let keep = sent > 0 || beganFirst ? first + 1 : first
        for segment in segments[keep...] {
            count -= segment.count
            segment.settle()
        }
        segments.removeSubrange(keep...)
    }

    /// Drops all of it.
    func abandon() {
        for segment in segments[first...] { segment.settle() }
        segments = []
        first = 0
        count = 0
    }
}

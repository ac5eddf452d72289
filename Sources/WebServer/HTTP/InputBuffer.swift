/// Bytes that came from a peer and have not been understood yet.
struct InputBuffer: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Where the first byte stands that is not understood yet.
    private(set) var start = 0

    var count: Int { bytes.count - start }
    var isEmpty: Bool { start == bytes.count }
    var unread: ArraySlice<UInt8> { bytes[start...] }

    init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    mutating func append(_ more: UnsafeRawBufferPointer) {
        bytes.removeSubrange(..<start)
        start = 0
        bytes.append(contentsOf: more)
    }

    /// Forgets the first `count` unread bytes. An empty buffer keeps no memory: an idle connection costs none.
    mutating func drop(_ count: Int) {
        start += min(count, self.count)
        if isEmpty { removeAll() }
    }

    mutating func removeAll() {
        bytes = []
        start = 0
    }
}

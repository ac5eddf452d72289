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

    /// Forgets the first `count` unread bytes.
    mutating func drop(_ count: Int) { start += min(count, self.count) }

    /// Forgets all bytes and gives their memory back.
    mutating func removeAll() {
        bytes = []
        start = 0
    }

    /// Gives the memory back when nothing is in it.
    mutating func trim() { if isEmpty, bytes.capacity > 0 { removeAll() } }

    /// An empty buffer keeps no memory, for an idle connection must cost none: takes the memory to fill from `spare`...
    mutating func borrow(_ spare: inout [UInt8]) {
        guard isEmpty else { return }
        start = 0
        bytes = spare
        spare = []
        bytes.removeAll(keepingCapacity: true)
    }

    /// ...and gives it back when it is empty again.
    mutating func giveBack(_ spare: inout [UInt8]) {
        guard isEmpty else { return }
        spare = bytes
        removeAll()
    }
}

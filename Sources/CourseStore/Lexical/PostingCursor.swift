/// A place in a posting list that only goes forward.
struct PostingCursor {
    /// The unpacked numbers of one group.
    private final class Buffer {
        let chunks = UnsafeMutablePointer<UInt32>.allocate(capacity: PostingBlock.groupSize)
        let frequencies = UnsafeMutablePointer<UInt32>.allocate(capacity: PostingBlock.groupSize)

        deinit {
            chunks.deallocate()
            frequencies.deallocate()
        }
    }

    let list: PostingList
    /// The group it stands in; the number of groups at the end.
    private(set) var group = 0
    private var position = 0
    private var unpacked = -1
    private let buffer = Buffer()

    init(_ list: PostingList) { self.list = list }

    var isAtEnd: Bool { group >= list.groups.count }

    /// No chunk from here on is smaller.
    var leastChunk: UInt32 {
        unpacked == group && position < list.groups[group].count
            ? buffer.chunks[position] : list.groups[group].base &+ 1
    }

    /// Passes the groups that end before `chunk`, without unpacking them.
    mutating func skip(to chunk: UInt32) {
        while !isAtEnd, list.groups[group].last < chunk { next() }
    }

    /// The frequency in `chunk`, nil when it is not in the list. Chunks must be asked for in ascending order.
    mutating func frequency(in chunk: UInt32) -> UInt32? {
        skip(to: chunk)
        guard !isAtEnd, list.groups[group].base < chunk else { return nil }
        unpack()
        let count = list.groups[group].count
        while position < count, buffer.chunks[position] < chunk { position += 1 }
        guard position < count, buffer.chunks[position] == chunk else { return nil }
        return buffer.frequencies[position]
    }

    /// Gives chunks and frequencies from here to below `end` to `body`, a run at a time, and passes them.
    @inline(__always)
    mutating func forEachRun(
        from start: UInt32, below end: UInt32,
        _ body: (UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>, Int) -> Void
    ) {
        skip(to: start)
        while !isAtEnd, list.groups[group].base &+ 1 < end {
            unpack()
            let count = list.groups[group].count
            while position < count, buffer.chunks[position] < start { position += 1 }
            var stop = position
            if list.groups[group].last < end {
                stop = count
            } else {
                while stop < count, buffer.chunks[stop] < end { stop += 1 }
            }
            if stop > position { body(buffer.chunks + position, buffer.frequencies + position, stop - position) }
            position = stop
            guard stop == count else { return }
            next()
        }
    }

    /// Gives all that is left to `body`.
    mutating func forEach(_ body: (UInt32, UInt32) -> Void) {
        while !isAtEnd {
            unpack()
            while position < list.groups[group].count {
                body(buffer.chunks[position], buffer.frequencies[position])
                position += 1
            }
            next()
        }
    }

    private mutating func next() {
        group += 1
        position = 0
    }

    private mutating func unpack() {
        guard unpacked != group else { return }
        list.unpack(group, chunks: buffer.chunks, frequencies: buffer.frequencies)
        unpacked = group
    }
}

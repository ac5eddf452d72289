/// A place in a posting list that only goes forward.
final class PostingCursor {
    let list: PostingList
    /// The group it stands in; the number of groups at the end.
    private(set) var group = 0
    private var position = 0
    /// The group whose chunks, and whose frequencies, are unpacked.
    private var unpacked = (chunks: -1, frequencies: -1)
    private let chunks = UnsafeMutablePointer<UInt32>.allocate(capacity: PostingBlock.groupSize)
    private let frequencies = UnsafeMutablePointer<UInt32>.allocate(capacity: PostingBlock.groupSize)

    init(_ list: PostingList) { self.list = list }

    deinit {
        chunks.deallocate()
        frequencies.deallocate()
    }

    var isAtEnd: Bool { group >= list.groupCount }

    /// No chunk from here on is smaller; not at the end.
    var leastChunk: UInt32 {
        unpacked.chunks == group && position < Int(list.groups[group].count)
            ? chunks[position] : list.groups[group].base + 1
    }

    /// Passes the groups that end before `chunk`, without unpacking them.
    func skip(to chunk: UInt32) {
        let (groups, end) = (list.groups, list.groupCount)
        var next = group
        while next < end, groups[next].last < chunk { next += 1 }
        if next != group { (group, position) = (next, 0) }
    }

    /// The frequency in `chunk`, nil when it is not in the list. Chunks must be asked for in ascending order.
    func frequency(in chunk: UInt32) -> UInt32? {
        skip(to: chunk)
        guard !isAtEnd, list.groups[group].base < chunk else { return nil }
        find(chunk)
        return chunks[position] == chunk ? list.frequency(list.groups[group], at: position) : nil
    }

    /// Gives chunks and frequencies from `start` to below `end` to `body`, a run at a time, and passes them.
    @inline(__always)
    func forEachRun(
        from start: UInt32, below end: UInt32,
        _ body: (UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>, Int) -> Void
    ) {
        skip(to: start)
        while !isAtEnd, list.groups[group].base + 1 < end {
            find(start)
            if unpacked.frequencies != group {
                list.unpackFrequencies(list.groups[group], into: frequencies)
                unpacked.frequencies = group
            }
            let count = Int(list.groups[group].count)
            var stop = count
            if list.groups[group].last >= end {
                stop = position
                while chunks[stop] < end { stop += 1 }
            }
            if stop > position { body(chunks + position, frequencies + position, stop - position) }
            position = stop
            guard stop == count else { return }
            (group, position) = (group + 1, 0)
        }
    }

    /// Goes to the first chunk of this group that is not below `chunk`, which its last is not.
    private func find(_ chunk: UInt32) {
        if unpacked.chunks != group {
            list.unpackChunks(list.groups[group], into: chunks)
            unpacked.chunks = group
        }
        // The last chunk ends the search; the steps of eight stay below it.
        let count = Int(list.groups[group].count)
        while position + 8 < count, chunks[position + 7] < chunk { position += 8 }
        while chunks[position] < chunk { position += 1 }
    }
}

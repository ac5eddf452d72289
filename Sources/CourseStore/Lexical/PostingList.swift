/// Postings of a term by ascending chunk, packed as they came from the file.
///
/// What `append` has let in can be unpacked without further checks.
///
/// `@unchecked Sendable`: one thread fills it before any other knows of it (`LexicalSearch`); afterwards it is only read,
/// by cursors, each of one thread.
final class PostingList: @unchecked Sendable {
    /// 128 postings or fewer.
    struct Group {
        /// The chunk before the first one.
        let base: UInt32
        let last: UInt32
        /// Where the gaps begin in the bytes; the frequencies follow.
        let offset: Int
        let count: UInt8
        let gapBits: UInt8
        let frequencyBits: UInt8
        let highestFrequency: UInt16
        /// Of the chunks that hold the term once, twice, more often; the largest number where there are none.
        let shortest: (UInt16, UInt16, UInt16)
    }

    /// What unpacking may read beyond the last byte that counts.
    private static let padding = 8

    /// `groupCount` of them.
    private(set) var groups = UnsafeMutablePointer<Group>.allocate(capacity: 8)
    private(set) var groupCount = 0
    private var groupCapacity = 8
    /// Postings in all.
    private(set) var count = 0
    private var bytes = UnsafeMutableRawPointer.allocate(byteCount: 512, alignment: 8)
    private var size = 0
    private var capacity = 512

    deinit {
        groups.deallocate()
        bytes.deallocate()
    }

    /// Bytes of memory that it takes, about.
    var footprint: Int { capacity + groupCapacity * MemoryLayout<Group>.stride + 128 }

    var lastChunk: UInt32 { groupCount > 0 ? groups[groupCount - 1].last : 0 }

    /// Adds a block whose chunks are all above those that are there; false, with nothing added, when it is not whole.
    func append(_ block: UnsafeRawBufferPointer) -> Bool {
        guard block.count >= PostingBlock.headerSize else { return false }
        func number<Number: FixedWidthInteger>(_ offset: Int, _: Number.Type) -> Number {
            Number(littleEndian: block.loadUnaligned(fromByteOffset: offset, as: Number.self))
        }
        let (postings, first) = (Int(number(0, UInt16.self)), number(2, UInt32.self))
        guard (1...PostingBlock.capacity).contains(postings), first > lastChunk else { return false }
        let added = (postings + PostingBlock.groupSize - 1) / PostingBlock.groupSize
        let start = PostingBlock.headerSize + added * PostingBlock.groupHeaderSize
        guard block.count >= start else { return false }
        makeRoom(groups: added)
        var (base, used) = (first - 1, start)
        for place in 0..<added {
            let header = PostingBlock.headerSize + place * PostingBlock.groupHeaderSize
            let count = min(PostingBlock.groupSize, postings - place * PostingBlock.groupSize)
            let group = Group(
                base: base, last: number(header, UInt32.self), offset: size + used - start, count: UInt8(count),
                gapBits: block[header + 6], frequencyBits: block[header + 7],
                highestFrequency: number(header + 4, UInt16.self),
                shortest: (
                    number(header + 8, UInt16.self), number(header + 10, UInt16.self), number(header + 12, UInt16.self)
                ))
            used += group.gapSize + BitPacker.size(count, bits: Int(group.frequencyBits))
            guard group.gapBits <= 32, group.frequencyBits <= 16, used <= block.count,
                group.last <= PostingBlock.largestChunk, UInt64(group.last) >= UInt64(base) + UInt64(count)
            else { return false }
            groups[groupCount + place] = group
            base = group.last
        }
        let payload = UnsafeRawBufferPointer(rebasing: block[start..<used])
        makeRoom(bytes: payload.count)
        if let source = payload.baseAddress { (bytes + size).copyMemory(from: source, byteCount: payload.count) }
        size += payload.count
        count += postings
        groupCount += added
        return true
    }

    private func makeRoom(groups added: Int) {
        guard groupCount + added > groupCapacity else { return }
        groupCapacity = max(groupCount + added, 2 * groupCapacity)
        let larger = UnsafeMutablePointer<Group>.allocate(capacity: groupCapacity)
        larger.update(from: groups, count: groupCount)
        groups.deallocate()
        groups = larger
    }

    private func makeRoom(bytes added: Int) {
        guard size + added + Self.padding > capacity else { return }
        capacity = max(size + added + Self.padding, 2 * capacity)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 8)
        larger.copyMemory(from: bytes, byteCount: size)
        bytes.deallocate()
        bytes = larger
    }

    /// Unpacks the chunks of a group: whatever the bytes are, they ascend to `last`, which is the last of them.
    /// - Parameter chunks: room for `PostingBlock.groupSize` numbers.
    func unpackChunks(_ group: Group, into chunks: UnsafeMutablePointer<UInt32>) {
        let count = Int(group.count)
        unpack(group.offset, count, bits: Int(group.gapBits), into: chunks)
        var chunk = UInt64(group.base)
        for position in 0..<count {
            chunk &+= UInt64(chunks[position]) &+ 1
            chunks[position] = UInt32(truncatingIfNeeded: min(chunk, UInt64(group.last)))
        }
        chunks[count - 1] = group.last
    }

    /// Unpacks the frequencies of a group.
    /// - Parameter frequencies: room for `PostingBlock.groupSize` numbers.
    func unpackFrequencies(_ group: Group, into frequencies: UnsafeMutablePointer<UInt32>) {
        let count = Int(group.count)
        unpack(group.offset + group.gapSize, count, bits: Int(group.frequencyBits), into: frequencies)
        for position in 0..<count { frequencies[position] &+= 1 }
    }

    /// One frequency of a group.
    func frequency(_ group: Group, at position: Int) -> UInt32 {
        let bits = Int(group.frequencyBits)
        return Self.number(bytes + (group.offset + group.gapSize), bit: position * bits, bits: bits) &+ 1
    }

    private func unpack(_ offset: Int, _ count: Int, bits: Int, into numbers: UnsafeMutablePointer<UInt32>) {
        guard bits > 0 else { return numbers.update(repeating: 0, count: count) }
        let start = bytes + offset
        for position in 0..<count { numbers[position] = Self.number(start, bit: position &* bits, bits: bits) }
    }

    @inline(__always)
    private static func number(_ bytes: UnsafeMutableRawPointer, bit: Int, bits: Int) -> UInt32 {
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: bit >> 3, as: UInt64.self))
        return UInt32(truncatingIfNeeded: (word &>> UInt64(bit & 7)) & ((1 &<< UInt64(bits)) &- 1))
    }
}

extension PostingList.Group {
    /// Bytes of the gaps.
    var gapSize: Int { BitPacker.size(Int(count), bits: Int(gapBits)) }
}

/// A term's postings, unpacked.
struct PostingList {
    /// The chunks of the postings; ascending when `isAscending`.
    private(set) var chunks: [UInt32] = []
    /// How often the term is in each of them.
    private(set) var frequencies: [UInt16] = []
    private(set) var isAscending = true

    /// What `PostingBlock` packs together.
    private struct Group {
        /// The chunk before the first one.
        let base: UInt32
        let last: UInt32
        /// Bytes of the block before the gaps.
        let offset: Int
        let count: Int
        let gapBits: Int
        let frequencyBits: Int

        var gapSize: Int { BitPacker.size(count, bits: gapBits) }
        var size: Int { gapSize + BitPacker.size(count, bits: frequencyBits) }
    }

    /// What unpacking may read beyond the last byte that counts.
    private static let padding = 8

    /// Adds a block; false, with nothing added, when it is not whole. Whatever its bytes are, its chunks never descend.
    mutating func append(_ block: UnsafeRawBufferPointer) -> Bool {
        guard let groups = Self.groups(of: block) else { return false }
        if let first = groups.first, let last = chunks.last, first.base < last { isAscending = false }
        let count = groups.reduce(0) { $0 + $1.count }
        let start = chunks.count
        chunks.append(contentsOf: repeatElement(0, count: count))
        frequencies.append(contentsOf: repeatElement(0, count: count))
        chunks.withUnsafeMutableBufferPointer { chunks in
            frequencies.withUnsafeMutableBufferPointer { frequencies in
                withUnsafeTemporaryAllocation(byteCount: block.count + Self.padding, alignment: 8) { bytes in
                    bytes.copyMemory(from: block)
                    var place = start
                    for group in groups {
                        let end = place + group.count
                        Self.unpack(
                            group, UnsafeRawBufferPointer(bytes), into: .init(rebasing: chunks[place..<end]),
                            .init(rebasing: frequencies[place..<end]))
                        place = end
                    }
                }
            }
        }
        return true
    }

    /// Puts the chunks into their order, when blocks came in another one.
    mutating func sort() {
        guard !isAscending else { return }
        let order = chunks.indices.sorted { chunks[$0] < chunks[$1] }
        (chunks, frequencies) = (order.map { chunks[$0] }, order.map { frequencies[$0] })
        isAscending = true
    }

    /// Leaves out the postings of all other chunks.
    mutating func keep(_ chosen: ChunkRanges) {
        let kept = chunks.indices.filter { chosen.contains(Int64(chunks[$0])) }
        guard kept.count < chunks.count else { return }
        (chunks, frequencies) = (kept.map { chunks[$0] }, kept.map { frequencies[$0] })
    }

    private static func groups(of block: UnsafeRawBufferPointer) -> [Group]? {
        guard block.count >= PostingBlock.headerSize else { return nil }
        func number<Number: FixedWidthInteger>(_ offset: Int, _: Number.Type) -> Number {
            Number(littleEndian: block.loadUnaligned(fromByteOffset: offset, as: Number.self))
        }
        let (postings, first) = (Int(number(0, UInt16.self)), number(2, UInt32.self))
        guard (1...PostingBlock.capacity).contains(postings), first > 0 else { return nil }
        let count = (postings + PostingBlock.groupSize - 1) / PostingBlock.groupSize
        var used = PostingBlock.headerSize + count * PostingBlock.groupHeaderSize
        guard block.count >= used else { return nil }
        var groups: [Group] = []
        groups.reserveCapacity(count)
        var base = first - 1
        for place in 0..<count {
            let header = PostingBlock.headerSize + place * PostingBlock.groupHeaderSize
            let group = Group(
                base: base, last: number(header, UInt32.self), offset: used,
                count: min(PostingBlock.groupSize, postings - place * PostingBlock.groupSize),
                gapBits: Int(block[header + 4]), frequencyBits: Int(block[header + 5]))
            used += group.size
            guard group.gapBits <= 32, group.frequencyBits <= 16, used <= block.count,
                group.last <= PostingBlock.largestChunk, Int(group.last) >= Int(base) + group.count
            else { return nil }
            groups.append(group)
            base = group.last
        }
        return groups
    }

    private static func unpack(
        _ group: Group, _ bytes: UnsafeRawBufferPointer, into chunks: UnsafeMutableBufferPointer<UInt32>,
        _ frequencies: UnsafeMutableBufferPointer<UInt16>
    ) {
        var chunk = UInt64(group.base)
        for position in 0..<group.count {
            chunk &+= UInt64(number(bytes, group.offset, position, bits: group.gapBits)) &+ 1
            chunks[position] = UInt32(truncatingIfNeeded: min(chunk, UInt64(group.last)))
        }
        chunks[group.count - 1] = group.last
        for position in 0..<group.count {
            let less = number(bytes, group.offset + group.gapSize, position, bits: group.frequencyBits)
            frequencies[position] = UInt16(clamping: less &+ 1)
        }
    }

    @inline(__always)
    private static func number(_ bytes: UnsafeRawBufferPointer, _ offset: Int, _ position: Int, bits: Int) -> UInt32 {
        let bit = position &* bits
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset &+ bit >> 3, as: UInt64.self))
        return UInt32(truncatingIfNeeded: (word &>> UInt64(bit & 7)) & ((1 &<< UInt64(bits)) &- 1))
    }
}

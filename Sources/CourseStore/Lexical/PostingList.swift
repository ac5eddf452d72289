/// Postings of a term by ascending chunk, packed as they came from the file.
///
/// Filled by one thread, then read by it through cursors. What `append` has let in can be unpacked without further checks.
final class PostingList {
    /// 128 postings or fewer.
    struct Group {
        /// The chunk before the first one.
        let base: UInt32
        let last: UInt32
        /// Where the gaps begin in the bytes; the frequencies follow.
        let offset: Int
        let count: Int
        let gapBits: Int
        let frequencyBits: Int
        let highestFrequency: UInt16
        let shortestLength: UInt16
    }

    /// What unpacking may read beyond the last byte that counts.
    private static let padding = 8

    private(set) var groups: [Group] = []
    /// Postings in all.
    private(set) var count = 0
    private var bytes: UnsafeMutableRawPointer
    private var size = 0
    private var capacity: Int

    init() {
        capacity = 4_096
        bytes = .allocate(byteCount: capacity, alignment: 8)
    }

    deinit { bytes.deallocate() }

    var firstChunk: UInt32 { groups.first.map { $0.base &+ 1 } ?? 0 }
    var lastChunk: UInt32 { groups.last?.last ?? 0 }

    /// Adds a block whose chunks are all above those that are there; false, with nothing added, when it is not whole.
    func append(_ block: UnsafeRawBufferPointer) -> Bool {
        guard block.count >= PostingBlock.headerSize else { return false }
        let postings = Int(UInt16(littleEndian: block.loadUnaligned(as: UInt16.self)))
        let first = UInt32(littleEndian: block.loadUnaligned(fromByteOffset: 2, as: UInt32.self))
        guard (1...PostingBlock.capacity).contains(postings), first > (groups.isEmpty ? 0 : lastChunk) else { return false }
        let groupCount = (postings + PostingBlock.groupSize - 1) / PostingBlock.groupSize
        let start = PostingBlock.headerSize + groupCount * PostingBlock.groupHeaderSize
        guard block.count >= start else { return false }
        let known = groups.count
        var (base, used) = (first &- 1, start)
        for number in 0..<groupCount {
            let header = PostingBlock.headerSize + number * PostingBlock.groupHeaderSize
            let count = min(PostingBlock.groupSize, postings - number * PostingBlock.groupSize)
            let group = Group(
                base: base, last: UInt32(littleEndian: block.loadUnaligned(fromByteOffset: header, as: UInt32.self)),
                offset: size + used - start, count: count, gapBits: Int(block[header + 8]),
                frequencyBits: Int(block[header + 9]),
                highestFrequency: UInt16(
                    littleEndian: block.loadUnaligned(fromByteOffset: header + 4, as: UInt16.self)),
                shortestLength: UInt16(
                    littleEndian: block.loadUnaligned(fromByteOffset: header + 6, as: UInt16.self)))
            used += BitPacker.size(count, bits: group.gapBits) + BitPacker.size(count, bits: group.frequencyBits)
            guard group.gapBits <= 32, group.frequencyBits <= 16, used <= block.count,
                group.last <= PostingBlock.largestChunk, UInt64(group.last) >= UInt64(base) + UInt64(count)
            else {
                groups.removeSubrange(known...)
                return false
            }
            groups.append(group)
            base = group.last
        }
        let payload = UnsafeRawBufferPointer(rebasing: block[start..<used])
        makeRoom(payload.count)
        if let source = payload.baseAddress { (bytes + size).copyMemory(from: source, byteCount: payload.count) }
        size += payload.count
        count += postings
        return true
    }

    private func makeRoom(_ added: Int) {
        let needed = size + added + Self.padding
        guard needed > capacity else { return }
        let larger = max(needed, 2 * capacity)
        let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 8)
        moved.copyMemory(from: bytes, byteCount: size)
        bytes.deallocate()
        (bytes, capacity) = (moved, larger)
    }

    /// Unpacks a group; chunks ascend and none is above `last`, whatever the bytes are.
    /// - Parameters: room for `PostingBlock.groupSize` numbers each.
    func unpack(
        _ number: Int, chunks: UnsafeMutablePointer<UInt32>, frequencies: UnsafeMutablePointer<UInt32>
    ) {
        let group = groups[number]
        Self.unpack(bytes + group.offset, group.count, bits: group.gapBits, into: chunks)
        var chunk = UInt64(group.base)
        for position in 0..<group.count {
            chunk &+= UInt64(chunks[position]) &+ 1
            chunks[position] = UInt32(truncatingIfNeeded: min(chunk, UInt64(group.last)))
        }
        let offset = group.offset + BitPacker.size(group.count, bits: group.gapBits)
        Self.unpack(bytes + offset, group.count, bits: group.frequencyBits, into: frequencies)
        for position in 0..<group.count { frequencies[position] &+= 1 }
    }

    private static func unpack(
        _ bytes: UnsafeMutableRawPointer, _ count: Int, bits: Int, into numbers: UnsafeMutablePointer<UInt32>
    ) {
        guard bits > 0 else { return numbers.update(repeating: 0, count: count) }
        let mask = UInt64(1) << UInt64(bits) - 1
        var bit = 0
        for position in 0..<count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: bit >> 3, as: UInt64.self))
            numbers[position] = UInt32(truncatingIfNeeded: (word >> UInt64(bit & 7)) & mask)
            bit += bits
        }
    }
}

/// That a term occurs in a chunk.
struct Posting: Equatable {
    /// The chunk's id.
    let chunk: UInt32
    /// How often, the title's words counted twice; at least 1.
    let frequency: UInt16
}

/// Some of a term's postings as bytes: at most `capacity`, by ascending chunk.
///
///     count: UInt16, first chunk: UInt32, then for every 128 postings
///     last chunk: UInt32, bits of a gap: UInt8, of a frequency: UInt8
///     then for every 128 postings the gaps less one, and the frequencies less one, each in as many bits as the largest
///     needs (lowest bit first), each run filled up to a whole byte
///
/// All numbers little-endian.
enum PostingBlock {
    /// Grows when the bytes come to mean something else.
    static let format = 2
    /// Postings of a full block: about 2 KiB, so that adding one rewrites no more.
    static let capacity = 1_024
    /// Postings that are packed together.
    static let groupSize = 128
    /// The largest id of a chunk that can be stored: 2,147,483,647 chunks were made before it.
    static let largestChunk = UInt32(Int32.max)
    static let headerSize = 6
    static let groupHeaderSize = 6

    /// - Parameter postings: 1 to `capacity`, by ascending chunk.
    static func encode(_ postings: ArraySlice<Posting>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32 + 2 * postings.count)
        func add<Number: FixedWidthInteger>(_ number: Number) {
            withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
        }
        let first = postings.first?.chunk ?? 0
        add(UInt16(postings.count))
        add(first)
        var packed = BitPacker()
        var previous = first &- 1
        var start = postings.startIndex
        while start < postings.endIndex {
            let group = postings[start..<min(start + groupSize, postings.endIndex)]
            var gaps: [UInt32] = []
            for posting in group {
                gaps.append(posting.chunk &- previous &- 1)
                previous = posting.chunk
            }
            let frequencies = group.map { UInt32($0.frequency) - 1 }
            let gapBits = BitPacker.bits(gaps.max() ?? 0)
            let frequencyBits = BitPacker.bits(frequencies.max() ?? 0)
            add(previous)
            add(UInt8(gapBits))
            add(UInt8(frequencyBits))
            packed.add(gaps, bits: gapBits)
            packed.add(frequencies, bits: frequencyBits)
            start = group.endIndex
        }
        return bytes + packed.bytes
    }

    /// The postings of a block; nil when it is not whole.
    static func decode(_ bytes: UnsafeRawBufferPointer) -> [Posting]? {
        var list = PostingList()
        guard list.append(bytes) else { return nil }
        return zip(list.chunks, list.frequencies).map { Posting(chunk: $0, frequency: $1) }
    }
}

/// Numbers of few bits, one after another.
struct BitPacker {
    private(set) var bytes: [UInt8] = []

    static func bits(_ number: UInt32) -> Int { UInt32.bitWidth - number.leadingZeroBitCount }

    /// Bytes of `count` numbers.
    static func size(_ count: Int, bits: Int) -> Int { (count * bits + 7) / 8 }

    mutating func add(_ numbers: [UInt32], bits: Int) {
        var pending: UInt64 = 0
        var filled = 0
        for number in numbers {
            pending |= UInt64(number) << UInt64(filled)
            filled += bits
            while filled >= 8 {
                bytes.append(UInt8(truncatingIfNeeded: pending))
                pending >>= 8
                filled -= 8
            }
        }
        if filled > 0 { bytes.append(UInt8(truncatingIfNeeded: pending)) }
    }
}

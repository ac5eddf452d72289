/// Writes ZIP containers for tests: whole ones, and such as no honest program writes.
struct OfficeZIP {
    private var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var count = 0

    /// Stored parts, in order.
    init(_ parts: KeyValuePairs<String, String> = [:]) { for (name, text) in parts { add(name, Array(text.utf8)) } }

    /// - Parameters:
    ///   - deflated: whether `content` is deflated already; `size` is then what it claims to unpack to.
    ///   - flags: general purpose bits; bit 0 says encrypted, bit 11 UTF-8.
    mutating func add(
        _ name: String, _ content: [UInt8], deflated: Bool = false, size: Int? = nil, checksum: UInt32? = nil,
        flags: UInt16 = 0x0800
    ) {
        let offset = bytes.count
        let common =
            Self.two(20) + Self.two(flags) + Self.two(deflated ? 8 : 0) + Self.two(0) + Self.two(0x21)
            + Self.four(checksum ?? Self.checksum(content)) + Self.four(UInt32(content.count))
            + Self.four(UInt32(size ?? content.count)) + Self.two(UInt16(name.utf8.count)) + Self.two(0)
        bytes += Self.four(0x0403_4b50) + common + Array(name.utf8) + content
        directory += Self.four(0x0201_4b50) + Self.two(20) + common + Self.two(0) + Self.two(0) + Self.two(0)
        directory += Self.four(0) + Self.four(UInt32(offset)) + Array(name.utf8)
        count += 1
    }

    var finished: [UInt8] {
        let end = Self.four(0x0605_4b50) + Self.two(0) + Self.two(0) + Self.two(UInt16(count)) + Self.two(UInt16(count))
        return bytes + directory + end + Self.four(UInt32(directory.count)) + Self.four(UInt32(bytes.count))
            + Self.two(0)
    }

    /// `count` zeros, deflated as far as it goes (RFC 1951, 3.2.7): one block with codes of its own, in which a match of
    /// length 258 and distance 1 takes two bits, so that 1,032 bytes come out of one.
    static func deflatedZeros(_ count: Int) -> [UInt8] {
        var bits = Bits()
        bits.add(0b1, 1)
        bits.add(0b10, 2)
        // 286 literal and length codes, one distance code, 18 code length codes.
        bits.add(29, 5)
        bits.add(0, 5)
        bits.add(14, 4)
        // Code length codes: a run of zeros (18) is 0, length 1 is 10, length 2 is 11.
        for symbol in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1] {
            bits.add([18: 1, 1: 2, 2: 2][symbol] ?? 0, 3)
        }
        func zeros(_ run: UInt32) {
            bits.addReversed(0b0, 1)
            bits.add(run - 11, 7)
        }
        // Literal 0 is 10, the end (256) is 11, length 258 (285) is 0; distance 1 is 0.
        bits.addReversed(0b11, 2)
        zeros(138)
        zeros(117)
        bits.addReversed(0b11, 2)
        zeros(28)
        bits.addReversed(0b10, 2)
        bits.addReversed(0b10, 2)
        bits.addReversed(0b10, 2)
        for _ in 0..<((count - 1) / 258) { bits.add(0, 2) }
        for _ in 0..<((count - 1) % 258) { bits.addReversed(0b10, 2) }
        bits.addReversed(0b11, 2)
        return bits.finished
    }

    /// CRC-32 (ISO 3309), bit by bit.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { checksum, byte in
            (0..<8).reduce(checksum ^ UInt32(byte)) { value, _ in
                value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1
            }
        }
    }

    private static func two(_ value: UInt16) -> [UInt8] { [UInt8(value & 0xff), UInt8(value >> 8)] }
    private static func four(_ value: UInt32) -> [UInt8] {
        two(UInt16(value & 0xffff)) + two(UInt16(value >> 16))
    }

    private struct Bits {
        var finished: [UInt8] = []
        var used = 8

        mutating func add(_ value: UInt32, _ count: Int) {
            for index in 0..<count {
                if used == 8 {
                    finished.append(0)
                    used = 0
                }
                if value >> UInt32(index) & 1 == 1 { finished[finished.count - 1] |= 1 << UInt8(used) }
                used += 1
            }
        }

        mutating func addReversed(_ value: UInt32, _ count: Int) {
            for index in (0..<count).reversed() { add(value >> UInt32(index) & 1, 1) }
        }
    }
}

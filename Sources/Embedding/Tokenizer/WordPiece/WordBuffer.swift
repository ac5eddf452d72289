import Glibc

/// A polynomial hash, of which that of any stretch follows from those of two beginnings.
enum RollingHash {
    static let base: UInt64 = 0x9E37_79B9_7F4A_7C15
    /// Keeps the pieces within words apart from those that begin one.
    static let continuation: UInt64 = 0xD6E8_FEB8_6659_FD93

    @inline(__always)
    static func append(_ byte: UInt8, to hash: UInt64) -> UInt64 { hash &* base &+ UInt64(byte) &+ 1 }

    static func of(_ bytes: some Sequence<UInt8>, continues: Bool) -> UInt64 {
        bytes.reduce(0) { append($1, to: $0) } ^ (continues ? continuation : 0)
    }

    /// The place in a table, from the well-mixed high bits.
    @inline(__always)
    static func slot(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: ((hash ^ (hash >> 29)) &* base) >> 34) }
}

/// A word on its way through the normaliser, as UTF-8, with the hashes of all its beginnings.
///
/// Bounded: of a word of more than `longest` characters only the count is kept on, for it has no pieces anyway.
struct WordBuffer: ~Copyable {
    /// The reference's `max_input_chars_per_word`.
    static let longest = 100
    private static let capacity = 4 * longest

    private let bytes: UnsafeMutablePointer<UInt8>
    /// `hashes[n]` is that of the first n bytes.
    private let hashes: UnsafeMutablePointer<UInt64>
    private(set) var count = 0
    private(set) var characters = 0
    /// Where the marks at the end begin among which canonical ordering may sort.
    private var marks = 0

    init() {
        bytes = .allocate(capacity: Self.capacity)
        hashes = .allocate(capacity: Self.capacity + 1)
        // The rest is written before it is read.
        hashes.initialize(to: 0)
    }

    deinit {
        bytes.deallocate()
        hashes.deallocate()
    }

    @inline(__always)
    mutating func clear() {
        count = 0
        characters = 0
        marks = 0
    }

    @inline(__always)
    mutating func append(ascii byte: UInt8) {
        characters += 1
        guard characters <= Self.longest else { return }
        put(byte)
        marks = count
    }

    @inline(__always)
    mutating func append(_ scalar: UInt32) {
        characters += 1
        guard characters <= Self.longest else { return }
        encode(scalar)
        marks = count
    }

    /// Marks are not sorted across what stood here.
    @inline(__always)
    mutating func closeMarks() { marks = count }

    /// Appends a mark of canonical rank `rank`, before those marks at the end that rank higher.
    mutating func append(mark scalar: UInt32, rank: UInt16, in table: CharacterTable) {
        characters += 1
        guard characters <= Self.longest else { return }
        var tail: [UInt32] = []
        while count > marks, let last = lastScalar, table[last] - CharacterTable.Class.ranked > rank {
            tail.append(last)
            removeLast()
        }
        encode(scalar)
        for mark in tail.reversed() { encode(mark) }
    }

    /// - Parameter power: `RollingHash.base` to the power of `to - from`.
    @inline(__always)
    func hash(_ from: Int, _ to: Int, power: UInt64) -> UInt64 {
        (hashes[to] &- hashes[from] &* power) ^ (from > 0 ? RollingHash.continuation : 0)
    }

    @inline(__always)
    func equals(_ from: Int, _ to: Int, _ other: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        guard let other = other.baseAddress else { return from == to }
        return memcmp(bytes + from, other + offset, to - from) == 0
    }

    @inline(__always)
    private mutating func put(_ byte: UInt8) {
        bytes[count] = byte
        hashes[count + 1] = RollingHash.append(byte, to: hashes[count])
        count += 1
    }

    @inline(__always)
    private mutating func encode(_ scalar: UInt32) {
        let tail = { (shift: UInt32) in UInt8(0x80 | scalar >> shift & 0x3f) }
        switch scalar {
        case ..<0x80: put(UInt8(scalar))
        case ..<0x800:
            put(UInt8(0xc0 | scalar >> 6))
            put(tail(0))
        case ..<0x10000:
            put(UInt8(0xe0 | scalar >> 12))
            put(tail(6))
            put(tail(0))
        default:
            put(UInt8(0xf0 | scalar >> 18))
            put(tail(12))
            put(tail(6))
            put(tail(0))
        }
    }

    private var lastStart: Int {
        var start = count - 1
        while start > 0, bytes[start] & 0xc0 == 0x80 { start -= 1 }
        return start
    }

    private var lastScalar: UInt32? {
        let last = UnsafeBufferPointer(start: bytes + lastStart, count: count - lastStart)
        return String(decoding: last, as: UTF8.self).unicodeScalars.first?.value
    }

    private mutating func removeLast() { count = lastStart }
}

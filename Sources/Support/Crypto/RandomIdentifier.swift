import CCrypto

/// Identifiers nobody can guess.
package enum RandomIdentifier {
    /// 128 random bits as 32 hexadecimal digits: for whatever is not stored.
    package static func make() -> String { randomBytes().hexadecimal }

    /// The milliseconds since 1970 in 12 hexadecimal digits, then 80 random bits: the ids of jobs, conversations and
    /// messages. What is made together stands together in an index, so that storing it changes a few pages instead of one
    /// for each id and index.
    package static func make(at moment: Timestamp) -> String {
        var bytes = randomBytes()
        for index in 0..<6 { bytes[index] = UInt8(truncatingIfNeeded: moment.milliseconds >> (8 * (5 - index))) }
        return bytes.hexadecimal
    }

    /// 256 random bits as 64 hexadecimal digits: what lets its bearer in.
    package static func makeSecret() -> String { make() + make() }

    /// 128 random bits.
    package static func makeBits() -> (UInt64, UInt64) {
        let bytes = randomBytes()
        let number = { (range: Range<Int>) in bytes[range].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        return (number(0..<8), number(8..<16))
    }

    /// Random bytes, fetched for many ids at once: for one, the call costs more than all else.
    private struct Supply {
        static let size = 4_096
        var bytes = [UInt8](repeating: 0, count: size)
        var used = size
    }

    private static let supply = Locked(Supply())

    /// 16 of them, given out once and then forgotten.
    private static func randomBytes() -> [UInt8] {
        supply.withLock { supply in
            if supply.used == Supply.size {
                guard RAND_bytes(&supply.bytes, Int32(Supply.size)) == 1 else {
                    preconditionFailure("the system has no random numbers: no id made now would be safe")
                }
                supply.used = 0
            }
            let range = supply.used..<supply.used + 16
            supply.used = range.upperBound
            let taken = Array(supply.bytes[range])
            for index in range { supply.bytes[index] = 0 }
            return taken
        }
    }

    /// Whether `text` has the form of an id made here.
    package static func isWellFormed(_ text: String) -> Bool {
        text.utf8.count == 32 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}

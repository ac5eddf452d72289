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

    /// 128 random bits.
    package static func makeBits() -> (UInt64, UInt64) {
        let bytes = randomBytes()
        let number = { (range: Range<Int>) in bytes[range].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        return (number(0..<8), number(8..<16))
    }

    private static func randomBytes() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 16)
        guard RAND_bytes(&bytes, 16) == 1 else {
            preconditionFailure("the system has no random numbers: no id made now would be safe")
        }
        return bytes
    }

    /// Whether `text` has the form of an id made here.
    package static func isWellFormed(_ text: String) -> Bool {
        text.utf8.count == 32 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}

import Support

/// A session's id as numbers: of an idle socket's memory its text would be a tenth.
///
/// The id is all that a session's reader has to show in `open` mode, so it has 128 random bits. They follow the low 32
/// bits of the milliseconds since 1970, so that sessions made together stand together in their table and their events in
/// theirs: with random bits first, each new one changed two pages of its own. Ids of 0.1.0's first weeks have no time.
struct SessionKey: Hashable, Sendable {
    private let time: UInt32?
    private let high: UInt64
    private let low: UInt64

    /// A new one.
    init(at moment: Timestamp) {
        time = UInt32(truncatingIfNeeded: moment.milliseconds)
        (high, low) = RandomIdentifier.makeBits()
    }

    /// - Returns: nil when `text` is not of the form of an id: 40 or, without the time, 32 hexadecimal digits.
    init?(_ text: String) {
        let digits = text.utf8[...]
        guard digits.count == 40 || digits.count == 32 else { return nil }
        let random = digits.suffix(32)
        guard let high = Self.number(random.prefix(16)), let low = Self.number(random.suffix(16)) else { return nil }
        (self.high, self.low) = (high, low)
        guard digits.count == 40 else {
            time = nil
            return
        }
        guard let time = Self.number(digits.prefix(8)) else { return nil }
        self.time = UInt32(time)
    }

    var text: String {
        let numbers = [UInt64(time ?? 0) << 32, high, low]
        let digits = numbers.flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) } }
        return (time == nil ? digits[8...] : digits[..<4] + digits[8...]).hexadecimal
    }

    /// Of up to 16 lower-case hexadecimal digits.
    private static func number(_ digits: Substring.UTF8View.SubSequence) -> UInt64? {
        var number: UInt64 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): number = number << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return number
    }
}

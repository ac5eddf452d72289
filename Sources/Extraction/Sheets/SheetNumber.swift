/// A number as people write it: decimal digits, at most 15 that count, which is as many as spreadsheet programs keep.
struct SheetNumber {
    static let precision = 15

    let isNegative: Bool
    /// Each 0 to 9, the first not 0; empty for zero.
    private(set) var digits: [UInt8]
    /// The value is 0.DIGITS times ten to this power.
    private(set) var exponent: Int

    /// - Returns: nil for what is no number.
    init?(_ value: Double) {
        guard value.isFinite else { return nil }
        isNegative = value < 0
        digits = []
        exponent = 0
        // The shortest digits that stand for this value and no other, with or without an exponent.
        let written = value.magnitude.description.utf8.split(separator: UInt8(ascii: "e"))
        guard let mantissa = written.first else { return nil }
        var pointAt: Int?
        for byte in mantissa {
            if byte == UInt8(ascii: ".") { pointAt = digits.count } else { digits.append(byte &- 0x30) }
        }
        exponent = (pointAt ?? digits.count) + (written.count > 1 ? Int(Substring(written[1])) ?? 0 : 0)
        let zeros = digits.prefix { $0 == 0 }.count
        digits.removeFirst(zeros)
        exponent -= zeros
        keep(Self.precision)
    }

    /// Rounds to the first `count` digits, halves away from zero.
    private mutating func keep(_ count: Int) {
        if count < 0 {
            digits = []
        } else if count < digits.count {
            let roundsUp = digits[count] >= 5
            digits.removeLast(digits.count - count)
            if roundsUp {
                while digits.last == 9 { digits.removeLast() }
                if digits.isEmpty {
                    digits = [1]
                    exponent += 1
                } else {
                    digits[digits.count - 1] += 1
                }
            }
        }
        while digits.last == 0 { digits.removeLast() }
        if digits.isEmpty { exponent = 0 }
    }

    /// Its whole part without leading zeros (empty for 0) and exactly `decimals` digits behind the point, as ASCII.
    func rounded(decimals: Int) -> (whole: [UInt8], fraction: [UInt8]) {
        var number = self
        number.keep(exponent + decimals)
        let ascii = number.digits.map { $0 + 0x30 }
        let wholeCount = max(number.exponent, 0)
        var whole = Array(ascii.prefix(wholeCount))
        if !whole.isEmpty { whole += [UInt8](repeating: 0x30, count: wholeCount - whole.count) }
        var fraction = ascii.isEmpty ? [] : [UInt8](repeating: 0x30, count: min(max(-number.exponent, 0), decimals))
        fraction += ascii.dropFirst(wholeCount)
        fraction += [UInt8](repeating: 0x30, count: max(decimals - fraction.count, 0))
        return (whole, Array(fraction.prefix(decimals)))
    }

    /// One digit before the point and `decimals` behind it, and the power of ten: `1.50E+03`.
    func scientific(decimals: Int) -> String {
        var number = self
        number.keep(decimals + 1)
        let ascii = number.digits.map { $0 + 0x30 }
        var text = isNegative ? "-" : ""
        text += String(decoding: ascii.isEmpty ? [0x30] : ascii.prefix(1), as: UTF8.self)
        var fraction = Array(ascii.dropFirst())
        fraction += [UInt8](repeating: 0x30, count: max(decimals - fraction.count, 0))
        if !fraction.isEmpty { text += "." + String(decoding: fraction, as: UTF8.self) }
        let power = number.digits.isEmpty ? 0 : number.exponent - 1
        return text + "E" + (power < 0 ? "-" : "+") + (abs(power) < 10 ? "0" : "") + String(abs(power))
    }

    /// Without a format: as few digits as say it, with a power of ten only when it would be very long.
    static func plain(_ value: Double) -> String {
        guard let number = SheetNumber(value) else { return "" }
        if number.digits.isEmpty { return "0" }
        guard (-8...21).contains(number.exponent) else { return number.scientific(decimals: number.digits.count - 1) }
        let (whole, fraction) = number.rounded(decimals: max(number.digits.count - number.exponent, 0))
        let text = (number.isNegative ? "-" : "") + (whole.isEmpty ? "0" : String(decoding: whole, as: UTF8.self))
        return fraction.isEmpty ? text : text + "." + String(decoding: fraction, as: UTF8.self)
    }
}

/// How a cell's number is shown.
///
/// As a person sees it, but for what depends on the country of the reader's computer: dates are `2026-03-15`, the decimal sign
/// is a point, and thousands are not parted, so that no number can be taken for another.
enum SheetFormat: Equatable {
    case general
    case date(SheetDate.Parts)
    /// Sections for positive and negative numbers and zero.
    case number([[SheetFormatCode.Piece]])

    init(code: String) {
        let sections = SheetFormatCode(code).sections
        let first = sections[0]
        let parts = Self.dateParts(first)
        if !parts.isEmpty {
            self = .date(parts)
        } else if first == [.general] || first == [.text] || first.contains(.slash) && first.contains(where: \.isDigit)
        {
            // Fractions say less than the number does.
            self = .general
        } else {
            self = .number(Array(sections.prefix(3)))
        }
    }

    /// The formats that files name by a number only (ECMA-376 part 1, 18.8.30); the East Asian ones are all dates.
    init(builtIn id: Int) {
        switch id {
        case 14, 15, 27...31, 36, 50...54, 57, 58: self = .date([.year, .month, .day])
        case 16: self = .date([.year, .month, .day])
        case 17: self = .date([.year, .month])
        case 18, 20, 32, 33, 34, 35, 55, 56: self = .date(.time)
        case 19, 21: self = .date([.time, .seconds])
        case 22: self = .date([.year, .month, .day, .time])
        case 45, 47: self = .date([.time, .seconds])
        case 46: self = .date([.time, .seconds, .elapsed])
        default:
            guard let code = Self.builtIn[id] else {
                self = .general
                return
            }
            self = SheetFormat(code: code)
        }
    }

    private static let builtIn = [
        1: "0", 2: "0.00", 3: "0", 4: "0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 37: "0;(0)", 38: "0;(0)",
        39: "0.00;(0.00)", 40: "0.00;(0.00)", 41: "0;-0;-", 42: "0;-0;-", 43: "0.00;-0.00;-", 44: "0.00;-0.00;-",
        48: "##0.0E+0",
    ]

    func text(_ value: Double, since1904: Bool) -> String {
        switch self {
        case .general: return SheetNumber.plain(value)
        case .date(let parts):
            return SheetDate.text(value, showing: parts, since1904: since1904) ?? SheetNumber.plain(value)
        case .number(let sections): return Self.text(value, sections)
        }
    }

    // MARK: Dates

    private static func dateParts(_ pieces: [SheetFormatCode.Piece]) -> SheetDate.Parts {
        var parts: SheetDate.Parts = []
        var months = 0
        for piece in pieces {
            switch piece {
            case .date(let letter, let count):
                switch letter {
                case UInt8(ascii: "y"), UInt8(ascii: "e"): parts.insert(.year)
                case UInt8(ascii: "d"): parts.insert(.day)
                case UInt8(ascii: "h"): parts.insert(.time)
                case UInt8(ascii: "s"): parts.formUnion([.time, .seconds])
                default: months = max(months, count)
                }
            case .elapsed: parts.formUnion([.time, .elapsed])
            case .noon: parts.insert(.time)
            default: continue
            }
        }
        // `m` is a minute beside hours or seconds, else a month; a name of a month is never a minute.
        if months > 0, months > 2 || !parts.contains(.time) || parts.contains(.day) || parts.contains(.year) {
            parts.insert(.month)
        }
        return parts
    }

    // MARK: Numbers

    private static func text(_ value: Double, _ sections: [[SheetFormatCode.Piece]]) -> String {
        guard let number = SheetNumber(value) else { return "" }
        var isSigned = number.isNegative
        var section = sections[0]
        if number.digits.isEmpty, sections.count > 2 {
            section = sections[2]
        } else if number.isNegative, sections.count > 1 {
            section = sections[1]
            isSigned = false
        }
        if section == [.general] { return SheetNumber.plain(value) }
        let shown = SheetDigits(section).text(value.magnitude)
        return TextCleaner.collapsingWhiteSpace(
            isSigned && shown.contains { $0.isNumber && $0 != "0" } ? "-" + shown : shown)
    }
}

extension SheetFormatCode.Piece {
    var isDigit: Bool { if case .digit = self { true } else { false } }
}

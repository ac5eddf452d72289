import Support

/// A week from Monday to Sunday, numbered within its year (ISO 8601): `2026-W47`.
package struct ISOWeek: Sendable, Equatable {
    package let year: Int
    /// From 1 to 53.
    package let number: Int

    /// Days since 1 January 1970, from Monday to Sunday.
    package var days: ClosedRange<Int> {
        let monday = Self.firstMonday(of: year) + 7 * (number - 1)
        return monday...monday + 6
    }

    /// The week of a day, counted from 1 January 1970. A week belongs to the year that has its Thursday.
    package init(of day: Int) {
        let monday = Self.monday(onOrBefore: day)
        year = CivilDate.of(daysSince1970: monday + 3).year
        number = (monday - Self.firstMonday(of: year)) / 7 + 1
    }

    /// nil for a text that names no week from 1970 to 9999.
    package init?(_ text: String) {
        let parts = text.split(separator: "-W", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == 4, parts[1].count == 2,
            parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }),
            let year = Int(parts[0]), let number = Int(parts[1]), year >= 1970, (1...53).contains(number)
        else { return nil }
        // A year has 52 weeks or 53.
        let week = ISOWeek(of: Self.firstMonday(of: year) + 7 * (number - 1))
        guard week.year == year else { return nil }
        self = week
    }

    package var text: String { "\(year)-W\(number < 10 ? "0" : "")\(number)" }

    package var before: ISOWeek { ISOWeek(of: days.lowerBound - 7) }

    /// The 4th of January is always in the first week.
    private static func firstMonday(of year: Int) -> Int {
        monday(onOrBefore: CivilDate.daysSince1970(year: year, month: 1, day: 4))
    }

    /// 1 January 1970 was a Thursday.
    private static func monday(onOrBefore day: Int) -> Int { day - ((day + 3) % 7 + 7) % 7 }
}

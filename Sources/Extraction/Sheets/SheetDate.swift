import Support

/// Days and times as spreadsheets count them (ECMA-376 part 1, 18.17.4): days since the end of 1899, or since 1904.
struct SheetDate: Equatable {
    /// What a format shows of a moment.
    struct Parts: OptionSet {
        let rawValue: Int
        static let year = Parts(rawValue: 1)
        static let month = Parts(rawValue: 2)
        static let day = Parts(rawValue: 4)
        static let time = Parts(rawValue: 8)
        static let seconds = Parts(rawValue: 16)
        /// Hours that go on beyond 24: a duration.
        static let elapsed = Parts(rawValue: 32)
    }

    /// The last day that Excel knows, 9999-12-31.
    private static let lastSerial = 2_958_466.0

    /// `2026-03-15 14:30`: written so that no reader takes the month for the day, whatever the sheet's country.
    ///
    /// - Returns: nil when the number is no moment.
    static func text(_ serial: Double, showing parts: Parts, since1904: Bool) -> String? {
        guard serial.isFinite, serial >= 0, serial < lastSerial else { return nil }
        var seconds = Int((serial * 86_400).rounded())
        if !parts.contains(.seconds) { seconds = Int((serial * 1_440).rounded()) * 60 }
        if parts.contains(.elapsed) { return clock(seconds, parts) }
        let days = seconds / 86_400
        let time = clock(seconds % 86_400, parts)
        guard !parts.isDisjoint(with: [.year, .month, .day]) else { return time }
        let date = date(ofDay: days, parts, since1904: since1904)
        return parts.contains(.time) ? date + " " + time : date
    }

    private static func clock(_ seconds: Int, _ parts: Parts) -> String {
        let text = two(seconds / 3_600) + ":" + two(seconds / 60 % 60)
        return parts.contains(.seconds) ? text + ":" + two(seconds % 60) : text
    }

    private static func date(ofDay day: Int, _ parts: Parts, since1904: Bool) -> String {
        // The count since 1900 has a 29 February of 1900 that never was, as its 60th day.
        if !since1904, day == 60 { return "1900-02-29" }
        let origin = since1904 ? 24_107 : day < 60 ? 25_568 : 25_569
        let (year, month, dayOfMonth) = CivilDate.of(daysSince1970: day - origin)
        if parts.isDisjoint(with: [.month, .day]) { return String(year) }
        let yearAndMonth = "\(year)-\(two(month))"
        return parts.contains(.day) ? yearAndMonth + "-" + two(dayOfMonth) : yearAndMonth
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}

extension Timestamp {
    /// `2026-11-22T00:31:00.123Z` (RFC 3339, section 5.6), for people and for those who collect logs.
    package var rfc3339: String {
        let day = 86_400_000 as Int64
        let days = (milliseconds >= 0 ? milliseconds : milliseconds - day + 1) / day
        let rest = Int(milliseconds - days * day)
        let date = CivilDate.of(daysSince1970: Int(days))
        func digits(_ number: Int, _ count: Int) -> String {
            let text = "\(number)"
            return String(repeating: "0", count: max(count - text.utf8.count, 0)) + text
        }
        let clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1_000 % 60].map { digits($0, 2) }
        return "\(digits(date.year, 4))-\(digits(date.month, 2))-\(digits(date.day, 2))T"
            + "\(clock.joined(separator: ":")).\(digits(rest % 1_000, 3))Z"
    }
}

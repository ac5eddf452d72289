import Support

/// Reads the `Retry-After` field (RFC 9110, section 10.2.3): a number of seconds or a date.
package enum RetryAfter {
    /// No server is left alone longer than this because it said so.
    package static let longest = Duration.seconds(24 * 3600)

    /// nil for what is neither.
    package static func parse(_ text: String, now: Timestamp) -> Duration? {
        let text = text.drop { $0 == " " }
        if let seconds = Double(text), seconds.isFinite, seconds >= 0,
            text.utf8.allSatisfy({ $0 == 0x2e || (0x30...0x39).contains($0) })
        {
            return .seconds(min(seconds, longest.inSeconds))
        }
        guard let date = date(text) else { return nil }
        return min(max(.zero, .seconds(date) - .milliseconds(now.milliseconds)), longest)
    }

    /// Seconds since 1970 of an HTTP date (RFC 9110, section 5.6.7) in any of its three forms:
    /// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`.
    private static func date(_ text: Substring) -> Int? {
        var parts = text.split { $0 == " " || $0 == "," || $0 == "-" }
        if parts.count == 5 { parts = [parts[0], parts[2], parts[1], parts[4], parts[3]] }
        guard parts.count >= 5, let day = number(parts[1], 1...31), var year = number(parts[3], 0...9999),
            let month = months.firstIndex(of: parts[2].lowercased())
        else { return nil }
        if year < 100 { year += year < 70 ? 2000 : 1900 }
        let clock = parts[4].split(separator: ":")
        guard clock.count == 3, let hour = number(clock[0], 0...23), let minute = number(clock[1], 0...59),
            let second = number(clock[2], 0...60)
        else { return nil }
        return daysSince1970(year: year, month: month + 1, day: day) * 86_400 + hour * 3600 + minute * 60 + second
    }

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    private static func number(_ text: Substring, _ range: ClosedRange<Int>) -> Int? {
        Int(text).flatMap { range.contains($0) ? $0 : nil }
    }

    /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

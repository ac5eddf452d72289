import Support

/// The forms of dates that AWS uses.
enum AWSDate {
    /// `20241210T004840Z`, the form of signatures.
    static func stamp(_ moment: Timestamp) -> String {
        let seconds = Int(moment.seconds)
        let days = seconds / 86_400
        let (year, month, day) = CivilDate.of(daysSince1970: days)
        let time = seconds - days * 86_400
        return "\(year)\(two(month))\(two(day))T\(two(time / 3600))\(two(time / 60 % 60))\(two(time % 60))Z"
    }

    /// Reads the `Date` field of an answer (RFC 9110, section 5.6.7, the one form servers may send):
    /// `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func http(_ text: String) -> Timestamp? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else {
            return nil
        }
        return moment(year: parts[3], month: "\(month + 1)", day: parts[1], clock: parts[4])
    }

    /// Reads `2024-12-10T00:48:40Z`, with or without a fraction of a second: RFC 3339 in UTC.
    static func rfc3339(_ text: String) -> Timestamp? {
        guard text.hasSuffix("Z") else { return nil }
        let halves = text.dropLast().split(separator: "T")
        guard halves.count == 2 else { return nil }
        let date = halves[0].split(separator: "-")
        guard date.count == 3 else { return nil }
        return moment(year: date[0], month: date[1], day: date[2], clock: halves[1].prefix { $0 != "." })
    }

    private static func moment(
        year: some StringProtocol, month: some StringProtocol, day: some StringProtocol, clock: some StringProtocol
    ) -> Timestamp? {
        let time = clock.split(separator: ":")
        guard time.count == 3, let year = number(year, 1970...9999), let month = number(month, 1...12),
            let day = number(day, 1...31), let hour = number(time[0], 0...23), let minute = number(time[1], 0...59),
            let second = number(time[2], 0...60)
        else { return nil }
        let days = CivilDate.daysSince1970(year: year, month: month, day: day)
        return Timestamp(milliseconds: Int64(days * 86_400 + hour * 3600 + minute * 60 + second) * 1000)
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func number(_ text: some StringProtocol, _ range: ClosedRange<Int>) -> Int? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text).flatMap { range.contains($0) ? $0 : nil }
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// One caption with its time, of SubRip (.srt) or WebVTT (W3C Candidate Recommendation, section 4).
struct SubtitleCue: Equatable {
    /// Milliseconds from the beginning.
    let start: Int
    let end: Int
    /// Without tags; one element a line on the screen.
    var lines: [String]
    /// Who speaks, by `<v Name>`.
    var speaker: String?

    /// `00:01:23,456 --> 00:01:27,000 align:start` ; hours and fractions may be missing. nil for any other line.
    static func times(in line: some StringProtocol) -> (start: Int, end: Int)? {
        let words = line.utf8.split(whereSeparator: { TextCleaner.isWhiteSpace($0) })
        guard words.count >= 3, words[1].elementsEqual("-->".utf8), let start = milliseconds(words[0]),
            let end = milliseconds(words[2])
        else { return nil }
        return (start, end)
    }

    /// Whether a text begins with a SubRip cue: its number, which may be missing, and its times.
    static func begins(_ head: String) -> Bool {
        let lines = head.utf8.prefix(400).split(whereSeparator: { $0 == 0x0a || $0 == 0x0d }).prefix(4)
            .map { Substring($0).drop { $0 == "\u{feff}" } }
            .filter { !$0.allSatisfy(\.isWhitespace) }
        guard let first = lines.first else { return false }
        if times(in: first) != nil { return true }
        return lines.count > 1 && first.utf8.count <= 8 && first.allSatisfy { $0.isNumber || $0.isWhitespace }
            && times(in: lines[1]) != nil
    }

    /// `00:01:23`, hours always with two digits or more.
    static func clock(_ milliseconds: Int) -> String {
        let seconds = milliseconds / 1_000
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(seconds / 3_600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }

    /// `1:02:03,456`, `02:03.456`, `02:03`; nil for anything else. At most 9,999 hours.
    private static func milliseconds(_ word: some Collection<UInt8>) -> Int? {
        let halves = word.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ".") }
        guard let clock = halves.first, halves.count <= 2 else { return nil }
        var total = 0
        let fields = clock.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard (2...3).contains(fields.count) else { return nil }
        for field in fields {
            guard let number = number(field) else { return nil }
            total = total * 60 + number
        }
        guard halves.count == 2 else { return total * 1_000 }
        guard let fraction = number(halves[1]) else { return nil }
        let scale = halves[1].count == 1 ? 100 : halves[1].count == 2 ? 10 : 1
        return total * 1_000 + min(fraction * scale, 999)
    }

    private static func number(_ digits: some Collection<UInt8>) -> Int? {
        guard (1...4).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }
}

/// Cuts a subtitle file into cues, as tolerant as players are: numbers, headers, notes and styles are passed over.
struct SubtitleParser {
    /// The most cues of one file: a day of speech has about 30,000.
    private static let cueLimit = 200_000

    private(set) var isWebVTT = false
    /// What follows `WEBVTT` in the first line, or a header `Title:`.
    private(set) var title: String?
    /// By the header `Language:`.
    private(set) var language = ""

    /// - Parameter text: clean, with `\n` line ends.
    mutating func cues(of text: String) throws(IngestError) -> [SubtitleCue] {
        let lines = try TextLines.of(text)
        var index = 0
        if let first = lines.first, first.hasPrefix("WEBVTT") {
            isWebVTT = true
            readHeader(lines, &index)
        }
        var cues: [SubtitleCue] = []
        while index < lines.count, cues.count < Self.cueLimit {
            let line = lines[index]
            index += 1
            if Self.beginsNote(line) {
                while index < lines.count, !Self.isBlank(lines[index]) { index += 1 }
                continue
            }
            guard let times = SubtitleCue.times(in: line) else { continue }
            var shown: [String] = []
            var speaker: String?
            while index < lines.count, !Self.isBlank(lines[index]), SubtitleCue.times(in: lines[index]) == nil {
                // A number right before the next times is that cue's, where the blank line between was lost.
                if index + 1 < lines.count, SubtitleCue.times(in: lines[index + 1]) != nil,
                    lines[index].allSatisfy({ $0.isNumber || $0.isWhitespace })
                {
                    break
                }
                let (plain, name) = Self.plain(lines[index])
                if let name { speaker = name }
                if !plain.isEmpty { shown.append(plain) }
                index += 1
            }
            guard !shown.isEmpty else { continue }
            cues.append(SubtitleCue(start: times.start, end: times.end, lines: shown, speaker: speaker))
        }
        return cues
    }

    private mutating func readHeader(_ lines: [Substring], _ index: inout Int) {
        let name = TextCleaner.collapsingWhiteSpace(String(lines[0].dropFirst(6)))
        let withoutDash = name.drop { $0 == "-" || $0 == " " }
        if !withoutDash.isEmpty { title = String(withoutDash) }
        index = 1
        while index < lines.count, !Self.isBlank(lines[index]), SubtitleCue.times(in: lines[index]) == nil {
            if let colon = lines[index].firstIndex(of: ":") {
                let value = TextCleaner.collapsingWhiteSpace(String(lines[index][lines[index].index(after: colon)...]))
                switch lines[index][..<colon].lowercased() {
                case "title": title = value
                case "language": language = value
                default: break
                }
            }
            index += 1
        }
    }

    private static func beginsNote(_ line: Substring) -> Bool {
        ["NOTE", "STYLE", "REGION"].contains { line == $0 || line.hasPrefix($0 + " ") }
    }

    private static func isBlank(_ line: Substring) -> Bool { line.utf8.allSatisfy { TextCleaner.isWhiteSpace($0) } }

    /// A line without tags (`<i>`, `<c.yellow>`, `<00:00:01.000>`, `{\an8}`), and the name in `<v Name>`.
    private static func plain(_ line: Substring) -> (text: String, speaker: String?) {
        var kept: [UInt8] = []
        var speaker: String?
        var bytes = line.utf8[...]
        while let byte = bytes.popFirst() {
            if byte == UInt8(ascii: "<"), let next = bytes.first, isTagStart(next),
                let end = bytes.firstIndex(of: UInt8(ascii: ">"))
            {
                let tag = Substring(bytes[..<end])
                if tag.hasPrefix("v ") || tag.hasPrefix("v."), let space = tag.firstIndex(of: " ") {
                    let name = TextCleaner.collapsingWhiteSpace(HTMLEntities.decode(Array(tag[space...].utf8)[...]))
                    if !name.isEmpty { speaker = TextCleaner.shortened(name, to: 80) }
                }
                bytes = bytes[bytes.index(after: end)...]
            } else if byte == UInt8(ascii: "{"), bytes.first == UInt8(ascii: "\\"),
                let end = bytes.firstIndex(of: UInt8(ascii: "}"))
            {
                bytes = bytes[bytes.index(after: end)...]
            } else {
                kept.append(byte)
            }
        }
        return (TextCleaner.collapsingWhiteSpace(HTMLEntities.decode(kept[...])), speaker)
    }

    private static func isTagStart(_ byte: UInt8) -> Bool {
        (0x61...0x7a).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "/")
    }
}

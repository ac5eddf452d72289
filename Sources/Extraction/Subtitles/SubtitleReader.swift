/// Subtitles and transcripts, SubRip and WebVTT: the spoken text as paragraphs, each with its time.
enum SubtitleReader {
    /// Silence that parts two paragraphs, in milliseconds.
    private static let pause = 4_000
    /// A paragraph ends at the next end of a sentence once it has so many bytes, and anywhere at the second number.
    private static let (goodLength, mostLength) = (500, 1_200)

    static func read(_ decoded: TextDecoder.Decoded) throws(IngestError) -> ExtractedDocument {
        var parser = SubtitleParser()
        let cues = try parser.cues(of: TextCleaner.clean(decoded.text))
        var builder = DocumentBuilder()
        builder.warnings += decoded.warnings
        builder.markKind = .time
        var paragraph: [SubtitleCue] = []
        var length = 0
        for cue in withoutRepeats(cues) {
            if let last = paragraph.last {
                let gap = cue.start - last.end
                let endsSentence = last.lines.last.map { Self.endsSentence($0) } ?? false
                if cue.speaker != last.speaker && cue.speaker != nil || gap >= pause || length >= mostLength
                    || (length >= goodLength && endsSentence)
                {
                    try add(paragraph, to: &builder)
                    (paragraph, length) = ([], 0)
                }
            }
            paragraph.append(cue)
            length += cue.lines.reduce(0) { $0 + $1.utf8.count + 1 }
        }
        try add(paragraph, to: &builder)
        guard !builder.blocks.isEmpty else { throw .blank }
        return builder.finish(
            title: parser.title, mediaType: parser.isWebVTT ? "text/vtt" : "application/x-subrip",
            declaredLanguage: parser.language)
    }

    /// One paragraph of several cues, each of which keeps its own time.
    private static func add(_ cues: [SubtitleCue], to builder: inout DocumentBuilder) throws(IngestError) {
        var lines: [(text: String, first: String, last: String)] = []
        var speaker: String?
        for cue in cues {
            var text = TextCleaner.collapsingWhiteSpace(cue.lines.joined(separator: " "))
            guard !text.isEmpty else { continue }
            if let name = cue.speaker, name != speaker {
                text = "\(name): \(text)"
                speaker = name
            }
            lines.append((text, SubtitleCue.clock(cue.start), SubtitleCue.clock(max(cue.end, cue.start))))
        }
        if !lines.isEmpty { try builder.add(.paragraph, lines: lines, separator: " ") }
    }

    /// Rolling captions show a line again while the next one comes: each line is kept once.
    private static func withoutRepeats(_ cues: [SubtitleCue]) -> [SubtitleCue] {
        var kept: [SubtitleCue] = []
        var shown: [String] = []
        for cue in cues {
            var new = cue.lines
            // The longest end of what is on the screen that the cue begins with.
            let overlap = (0...min(shown.count, new.count)).last { shown.suffix($0).elementsEqual(new.prefix($0)) } ?? 0
            if overlap > 0 { new.removeFirst(overlap) }
            shown = cue.lines
            guard !new.isEmpty else { continue }
            kept.append(SubtitleCue(start: cue.start, end: cue.end, lines: new, speaker: cue.speaker))
        }
        return kept
    }

    private static func endsSentence(_ text: String) -> Bool {
        guard let last = text.last(where: { !"\"'”’»)]".contains($0) }) else { return false }
        return ".!?…".contains(last)
    }
}

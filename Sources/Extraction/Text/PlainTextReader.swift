/// Plain text: blank lines part the paragraphs; a short line in capitals or underlined with `=` or `-` is a heading.
enum PlainTextReader {
    static func read(_ decoded: TextDecoder.Decoded) throws(IngestError) -> ExtractedDocument {
        var builder = DocumentBuilder()
        builder.warnings += decoded.warnings
        try addParagraphs(TextCleaner.clean(decoded.text), .paragraph, to: &builder)
        guard !builder.blocks.isEmpty else { throw .blank }
        return builder.finish(title: builder.firstHeading, mediaType: "text/plain")
    }

    /// Adds clean `text`, cut at blank lines. Also used for large preformatted parts of other formats.
    static func addParagraphs(
        _ text: String, _ kind: ExtractedDocument.Kind, to builder: inout DocumentBuilder
    ) throws(IngestError) {
        var paragraph: [Substring] = []
        for line in text.utf8.split(separator: 0x0a, omittingEmptySubsequences: false).map({ Substring($0) }) {
            if !line.utf8.allSatisfy({ TextCleaner.isWhiteSpace($0) }) {
                paragraph.append(line)
                continue
            }
            try flush(&paragraph, kind, to: &builder)
        }
        try flush(&paragraph, kind, to: &builder)
    }

    private static func flush(
        _ lines: inout [Substring], _ kind: ExtractedDocument.Kind, to builder: inout DocumentBuilder
    ) throws(IngestError) {
        defer { lines = [] }
        if kind == .paragraph, lines.count >= 2, lines[0].utf8.count <= 120, let level = underline(lines[1]) {
            try builder.heading(String(lines[0]), level: level)
            lines.removeFirst(2)
        } else if kind == .paragraph, lines.count == 1 || builder.blocks.isEmpty, let level = capitals(lines[0]) {
            try builder.heading(String(lines[0]), level: level)
            lines.removeFirst()
        }
        guard !lines.isEmpty else { return }
        let isList = kind == .paragraph && lines.allSatisfy { ListMarker.length(of: $0) != nil }
        try builder.add(isList ? .list : kind, lines.joined(separator: "\n"))
    }

    /// The level of a line that is all capitals: 1, or as deep as its number is (`2.1 OUTPUT`).
    private static func capitals(_ line: Substring) -> Int? {
        guard line.utf8.count <= 90, let last = line.last(where: { !$0.isWhitespace }), !".,;!".contains(last) else {
            return nil
        }
        let letters = line.filter(\.isLetter)
        guard letters.count >= 4, letters.allSatisfy(\.isUppercase) else { return nil }
        let number = line.drop { $0 == " " }.prefix { $0.isNumber || $0 == "." }
        return max(number.split(separator: ".").count, 1)
    }

    /// 1 for a line of `=`, 2 for one of `-`, at least three.
    private static func underline(_ line: Substring) -> Int? {
        let marks = line.utf8.filter { !TextCleaner.isWhiteSpace($0) }
        guard marks.count >= 3, let first = marks.first, marks.allSatisfy({ $0 == first }) else { return nil }
        return first == UInt8(ascii: "=") ? 1 : first == UInt8(ascii: "-") ? 2 : nil
    }
}

/// Plain text: blank lines part the paragraphs; a short line in capitals or underlined with `=` or `-` is a heading.
enum PlainTextReader {
    static func read(_ decoded: TextDecoder.Decoded) throws(IngestError) -> ExtractedDocument {
        var builder = DocumentBuilder()
        builder.warnings += decoded.warnings
        var pages = decoded.text.utf8.split(separator: 0x0c, maxSplits: pageLimit, omittingEmptySubsequences: false)
            .map { TextCleaner.clean(String(Substring($0))) }
        if pages.count > 1, let last = pages.last, isBlank(last[...]) { pages.removeLast() }
        var emptyPages: [Int] = []
        for (index, page) in pages.enumerated() {
            if pages.count > 1 { builder.beginPage() }
            if isBlank(page[...]) { emptyPages.append(index + 1) }
            try addParagraphs(page, .paragraph, to: &builder)
        }
        guard !builder.blocks.isEmpty else { throw .blank }
        let hasPages = pages.count > 1
        return builder.finish(
            title: builder.firstHeading, mediaType: "text/plain", pageCount: hasPages ? pages.count : nil,
            emptyPages: hasPages ? emptyPages : [])
    }

    private static let pageLimit = 100_000

    private static func isBlank(_ text: Substring) -> Bool { text.utf8.allSatisfy { TextCleaner.isWhiteSpace($0) } }

    /// Adds clean `text`, cut at blank lines. Also used for large preformatted parts of other formats.
    static func addParagraphs(
        _ text: String, _ kind: ExtractedDocument.Kind, to builder: inout DocumentBuilder
    ) throws(IngestError) {
        let joiner = LineJoiner(vocabularyOf: [text])
        var paragraph: [Substring] = []
        for line in text.utf8.split(separator: 0x0a, omittingEmptySubsequences: false).map({ Substring($0) }) {
            if !isBlank(line) {
                paragraph.append(line)
                continue
            }
            try flush(&paragraph, kind, joiner, to: &builder)
        }
        try flush(&paragraph, kind, joiner, to: &builder)
    }

    private static func flush(
        _ lines: inout [Substring], _ kind: ExtractedDocument.Kind, _ joiner: LineJoiner,
        to builder: inout DocumentBuilder
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
        guard kind == .paragraph else { return try builder.add(kind, lines.joined(separator: "\n")) }
        if lines.allSatisfy({ ListMarker.length(of: $0) != nil }) {
            try builder.add(.list, lines.joined(separator: "\n"))
        } else if isListWithLongItems(lines) {
            try builder.add(.list, joiner.items(unindented(lines)).joined(separator: "\n"))
        } else if isWrapped(lines) {
            for paragraph in joiner.paragraphs(unindented(lines)) { try builder.add(.paragraph, paragraph) }
        } else {
            try builder.add(.paragraph, lines.joined(separator: "\n"))
        }
    }

    /// Items of which some go on in indented lines.
    private static func isListWithLongItems(_ lines: [Substring]) -> Bool {
        guard lines.count > 1, let first = lines.first, ListMarker.length(of: first) != nil else { return false }
        return lines.dropFirst().allSatisfy {
            ListMarker.length(of: $0) != nil || $0.hasPrefix("  ") || $0.hasPrefix("\t")
        }
    }

    /// Whether a margin has cut the lines: all but the last are nearly as long as the longest, which is as long as lines
    /// of print are; columns and verses are not.
    private static func isWrapped(_ lines: [Substring]) -> Bool {
        let widths = lines.map(\.utf8.count)
        guard lines.count > 1, let widest = widths.max(), (50...130).contains(widest) else { return false }
        guard widths.dropLast().allSatisfy({ $0 * 4 >= widest * 3 }) else { return false }
        return !lines.contains { line in
            let text = line.drop { $0 == " " || $0 == "\t" }
            return String(text).range(ofASCII: "   ") != nil || text.utf8.contains(0x09)
        }
    }

    /// Lines that will be joined: without blanks at their ends, the first one's indentation apart.
    private static func unindented(_ lines: [Substring]) -> [Substring] {
        lines.enumerated().map { index, line in
            let end = line.utf8.lastIndex { !TextCleaner.isWhiteSpace($0) }.map { line.utf8.index(after: $0) }
            let kept = Substring(line.utf8[..<(end ?? line.endIndex)])
            return index == 0 ? kept : kept.drop { $0 == " " || $0 == "\t" }
        }
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

import Support

/// Cuts a passage into what may be quoted: sentences, and programs whole.
///
/// `SentenceSplitter` keeps fenced and indented programs whole. Extracted documents also hold programs that begin at the
/// margin with no fence left round them; a paragraph with lines set in and the signs of a program is one of those.
enum QuotableText {
    static func sentences(in text: String) -> [Substring] {
        var sentences: [Substring] = []
        var prose: Range<String.Index>?
        var isFenced = false
        func flush() {
            if let prose { sentences += SentenceSplitter.sentences(in: String(text[prose])) }
            prose = nil
        }
        for paragraph in paragraphs(of: text) {
            let fences = paragraph.split(separator: "\n").count { $0.hasPrefix("```") || $0.hasPrefix("~~~") }
            if !isFenced, fences == 0, isProgram(paragraph) {
                flush()
                sentences.append(paragraph)
            } else {
                prose = (prose?.lowerBound ?? paragraph.startIndex)..<paragraph.endIndex
            }
            if fences % 2 == 1 { isFenced.toggle() }
        }
        flush()
        return sentences
    }

    /// Whether some of its lines are set in and half of them carry signs that prose seldom has.
    static func isProgram(_ paragraph: some StringProtocol) -> Bool {
        let lines = paragraph.split(whereSeparator: \.isNewline)
        guard lines.dropFirst().contains(where: { $0.hasPrefix("  ") || $0.hasPrefix("\t") }) else { return false }
        return lines.count { $0.contains(where: "=;{}()[]<>".contains) } * 2 >= lines.count
            && !lines.contains { $0.hasPrefix("- ") || $0.hasPrefix("* ") || $0.hasPrefix("• ") }
    }

    /// Runs of lines that are not blank.
    private static func paragraphs(of text: String) -> [Substring] {
        var paragraphs: [Substring] = []
        var current: Range<String.Index>?
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if line.allSatisfy(\.isWhitespace) {
                if let current { paragraphs.append(text[current]) }
                current = nil
            } else {
                current = (current?.lowerBound ?? line.startIndex)..<line.endIndex
            }
        }
        if let current { paragraphs.append(text[current]) }
        return paragraphs
    }
}

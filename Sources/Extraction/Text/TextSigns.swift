/// The signs by which formats made of text are told apart, whatever the file is called.
enum TextSigns {
    /// Looked at for signs that stand at the beginning.
    private static let startLimit = 4_096

    /// The beginning in lower case, without white space, byte-order mark and HTML comments before it.
    static func start(of head: String) -> String {
        var rest = head.prefix(startLimit)
        for _ in 0..<8 {
            rest = rest.drop { $0.isWhitespace || $0 == "\u{feff}" }
            guard rest.hasPrefix("<!--"), let end = String(rest).range(ofASCII: "-->") else { break }
            rest = rest.dropFirst(String(rest)[..<end.upperBound].count)
        }
        return rest.lowercased()
    }

    /// Kinds that no prose begins like; the name has no say, but Markdown may hold HTML, and a program anything.
    static func unmistakable(_ start: String, head: String, suffix: String) -> DocumentType? {
        if start.hasPrefix("<?xml") { return start.contains("<html") ? .html : .unsupported("XML") }
        if start.hasPrefix("{") {
            let isNotebook =
                contains("\"nbformat\"", in: head)
                || (contains("\"cells\"", in: head) && contains("\"cell_type\"", in: head))
            if isNotebook || suffix == "ipynb" { return .notebook }
        }
        if start.hasPrefix("webvtt"), !(start.utf8.dropFirst(6).first.map { $0 > 0x20 } ?? false) { return .subtitles }
        if SubtitleCue.begins(head) { return .subtitles }
        guard !["md", "markdown", "mdown", "mkd"].contains(suffix) else { return nil }
        let pageSigns = ["<!doctype html", "<html", "<head>", "<head ", "<body>", "<body "]
        if pageSigns.contains(where: { start.hasPrefix($0) }) { return .html }
        if start.hasPrefix("<svg") { return .unsupported("SVG image") }
        return nil
    }

    /// For a file that is text, and whose name says no more than that or names one of these kinds.
    static func likely(_ start: String, head: String, suffix: String) -> DocumentType? {
        if ["tex", "ltx", "latex"].contains(suffix) { return .latex }
        if ["sty", "cls", "bst"].contains(suffix) { return .sourceCode }
        if isLaTeX(head) { return .latex }
        if DelimitedText.looksLikeTable(head) { return .delimitedText }
        return nil
    }

    /// A document's class, its beginning, or two sectioning commands at the beginning of lines.
    private static func isLaTeX(_ head: String) -> Bool {
        guard head.utf8.contains(UInt8(ascii: "\\")) else { return false }
        var sections = 0
        for line in head.utf8.split(separator: 0x0a) {
            let text = line.drop { TextCleaner.isWhiteSpace($0) }
            guard text.first == UInt8(ascii: "\\") else { continue }
            let isBeginning = ["\\documentclass", "\\documentstyle", "\\begin{document}"].contains {
                text.starts(with: $0.utf8)
            }
            if isBeginning { return true }
            if ["\\section", "\\chapter", "\\subsection"].contains(where: { text.starts(with: $0.utf8) }) {
                sections += 1
            }
        }
        return sections >= 2
    }

    private static func contains(_ needle: String, in text: String) -> Bool { text.range(ofASCII: needle) != nil }
}

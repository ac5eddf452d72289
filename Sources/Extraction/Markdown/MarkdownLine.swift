/// What one line of Markdown can begin (CommonMark 0.31, section 4 and 5), seen by itself.
struct MarkdownLine {
    struct Fence: Equatable {
        let mark: UInt8
        let length: Int
        let info: Substring
    }

    private static let quoteDepthLimit = 16

    /// The line without the marks of block quotes.
    private let line: Substring
    /// Columns of white space before the content; a tab goes to the next multiple of four.
    let indent: Int
    /// The line without its indentation.
    let content: Substring

    init(_ raw: Substring) {
        var line = raw
        for _ in 0..<Self.quoteDepthLimit {
            let rest = line.utf8.drop { $0 == 0x20 }
            guard rest.first == UInt8(ascii: ">"), line.utf8.count - rest.count < 4 else { break }
            let after = rest.dropFirst()
            line = Substring(after.first == 0x20 ? after.dropFirst() : after)
        }
        self.line = line
        var columns = 0
        var start = line.utf8.startIndex
        while start < line.utf8.endIndex {
            let byte = line.utf8[start]
            guard byte == 0x20 || byte == 0x09 else { break }
            columns += byte == 0x20 ? 1 : 4 - columns % 4
            start = line.utf8.index(after: start)
        }
        indent = columns
        content = line[start...]
    }

    var isBlank: Bool { content.utf8.isEmpty }
    var hasPipe: Bool { content.utf8.contains(UInt8(ascii: "|")) }
    var isIndentedCode: Bool { indent >= 4 && !isBlank }

    /// At any depth of indentation, because a fence may stand in a list.
    var fence: Fence? {
        guard let mark = content.utf8.first, mark == UInt8(ascii: "`") || mark == UInt8(ascii: "~") else { return nil }
        let rest = content.utf8.drop { $0 == mark }
        let length = content.utf8.count - rest.count
        guard length >= 3 else { return nil }
        let info = rest.drop { $0 == 0x20 }
        guard mark == UInt8(ascii: "~") || !info.contains(mark) else { return nil }
        return Fence(mark: mark, length: length, info: Substring(info))
    }

    var heading: (level: Int, text: String)? {
        guard indent < 4 else { return nil }
        let rest = content.utf8.drop { $0 == UInt8(ascii: "#") }
        let level = content.utf8.count - rest.count
        guard (1...6).contains(level), rest.first.map({ $0 == 0x20 || $0 == 0x09 }) ?? true else { return nil }
        var text = rest
        while let last = text.last, last == 0x20 || last == 0x09 { text = text.dropLast() }
        let open = text
        while text.last == UInt8(ascii: "#") { text = text.dropLast() }
        if let last = text.last, last != 0x20, last != 0x09 { text = open }
        return (level, String(Substring(text)))
    }

    var setextLevel: Int? {
        guard indent < 4, let mark = content.utf8.first, mark == UInt8(ascii: "=") || mark == UInt8(ascii: "-"),
            content.utf8.drop(while: { $0 == mark }).allSatisfy({ $0 == 0x20 || $0 == 0x09 })
        else { return nil }
        return mark == UInt8(ascii: "=") ? 1 : 2
    }

    var isThematicBreak: Bool {
        let marks = content.utf8.filter { $0 != 0x20 && $0 != 0x09 }
        guard indent < 4, marks.count >= 3, let first = marks.first, "-*_".utf8.contains(first) else { return false }
        return marks.allSatisfy { $0 == first }
    }

    var isTableDelimiter: Bool {
        content.utf8.contains(UInt8(ascii: "-")) && content.utf8.contains(UInt8(ascii: "|"))
            && content.utf8.allSatisfy { "|-: \t".utf8.contains($0) }
    }

    /// What ends the displayed formula of several lines that begins here: `$$` alone or with its first line behind it,
    /// `\[`, or an environment's beginning.
    var formulaEnd: String? {
        guard indent < 4 else { return nil }
        if content.hasPrefix("$$") { return content.dropFirst(2).contains("$$") ? nil : "$$" }
        if content == "\\[" { return "\\]" }
        guard content.hasPrefix("\\begin{"), let brace = content.firstIndex(of: "}") else { return nil }
        let name = content[content.index(content.startIndex, offsetBy: 7)..<brace]
        guard name.utf8.count <= 20, name.allSatisfy({ $0.isLetter || $0 == "*" }) else { return nil }
        return "\\end{\(name)}"
    }

    var beginsListItem: Bool {
        guard let length = ListMarker.length(of: content) else { return false }
        // Letters are items only in the eyes of a reader of PDF; Markdown knows bullets and numbers.
        return length > 0 && !(0x61...0x7a).contains(content.utf8.first ?? 0)
    }

    /// Within a paragraph only a bullet, or a list that begins with 1, begins a list.
    var interruptsParagraph: Bool {
        guard let first = content.utf8.first, (0x30...0x39).contains(first) else { return true }
        return content.hasPrefix("1.") || content.hasPrefix("1)")
    }

    /// `[label]: target`, which shows nothing; a footnote's text does.
    var isReferenceDefinition: Bool {
        guard indent < 4, content.utf8.first == UInt8(ascii: "["), !content.hasPrefix("[^"),
            let end = content.utf8.firstIndex(of: UInt8(ascii: "]"))
        else { return false }
        let rest = content.utf8[end...].dropFirst()
        guard rest.first == UInt8(ascii: ":") else { return false }
        return rest.dropFirst().drop { $0 == 0x20 }.split(separator: 0x20).count <= 6
    }

    /// `<div …`, `</div>`, `<!-- …`: a known block element or a comment.
    var beginsHTML: Bool {
        guard indent < 4, content.utf8.first == UInt8(ascii: "<") else { return false }
        if content.hasPrefix("<!--") || content.hasPrefix("<?") || content.hasPrefix("<!") { return true }
        let name = htmlName
        return HTMLElements.blocks.contains(name)
            || ["script", "style", "textarea", "iframe", "svg", "img"].contains(name)
    }

    /// What ends the HTML block that begins here; nil when a blank line does.
    var htmlBlockEnd: String? {
        if content.hasPrefix("<!--") { return "-->" }
        let name = htmlName
        guard ["table", "pre", "script", "style", "textarea", "svg"].contains(name), !content.hasPrefix("</") else {
            return nil
        }
        return "</\(name)"
    }

    private var htmlName: String {
        let name = content.utf8.dropFirst().drop { $0 == UInt8(ascii: "/") }.prefix(12)
            .prefix { (0x61...0x7a).contains($0 | 0x20) || (0x30...0x39).contains($0) }
        return String(Substring(name)).lowercased()
    }

    /// The line with at most `columns` of its indentation removed.
    func removingIndent(upTo columns: Int) -> Substring {
        var left = columns
        return Substring(
            line.utf8.drop { byte in
                guard left > 0, byte == 0x20 || byte == 0x09 else { return false }
                left -= byte == 0x20 ? 1 : 4
                return true
            })
    }
}

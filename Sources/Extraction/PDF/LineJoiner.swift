/// Makes paragraphs of the lines that a page layout has cut: joins them, and words that were hyphenated between them.
struct LineJoiner {
    /// Lower-case words and hyphenated words that stand within a line somewhere in the document.
    private let words: Set<Substring>

    private static let vocabularyLimit = 200_000
    /// Portuguese pronouns that keep their hyphen after a verb.
    private static let enclitics: Set<Substring> = [
        "se", "me", "te", "lhe", "lhes", "nos", "vos", "lo", "la", "los", "las", "no", "na", "nas", "o", "a", "os",
        "as",
    ]

    init(vocabularyOf pages: some Sequence<String>) {
        var words: Set<Substring> = []
        for page in pages {
            guard words.count < Self.vocabularyLimit else { break }
            for line in page.lowercased().utf8.split(separator: 0x0a) {
                for word in line.split(whereSeparator: { !Self.isWordPart($0) }) where word.last != 0x2d {
                    words.insert(Substring(word))
                }
            }
        }
        self.words = words
    }

    /// The paragraphs of a block of lines. A line that ends a sentence well before the margin ends its paragraph.
    func paragraphs(_ lines: [Substring]) -> [String] {
        let width = lines.map(\.utf8.count).max() ?? 0
        let isRagged = width < 32 && lines.count > 2
        var paragraphs: [String] = []
        var previous: Substring?
        for line in lines {
            if let last = previous {
                let endsEarly = last.utf8.count * 5 < width * 4 && Self.endsSentence(last)
                if endsEarly, !Self.beginsSmall(line) {
                    paragraphs.append(String(line))
                } else if isRagged {
                    paragraphs[paragraphs.count - 1] += "\n" + line
                } else {
                    append(line, to: &paragraphs[paragraphs.count - 1])
                }
            } else {
                paragraphs.append(String(line))
            }
            previous = line
        }
        return paragraphs
    }

    /// The items of a block whose first line begins with a bullet or number, each on one line.
    func items(_ lines: [Substring]) -> [String] {
        var items: [String] = []
        for line in lines {
            if items.isEmpty || ListMarker.length(of: line) != nil {
                items.append(String(line))
            } else {
                append(line, to: &items[items.count - 1])
            }
        }
        return items
    }

    /// Whether `next` goes on with the sentence that `paragraph` has left open.
    func continues(_ paragraph: Substring, _ next: String) -> Bool {
        Self.beginsSmall(next[...]) && !Self.endsSentence(paragraph)
    }

    /// Adds `right` to `left`, with the hyphen between them kept or dropped, or a space between them.
    func append(_ right: Substring, to left: inout String) {
        guard let mark = left.last, mark == "-" || mark == "\u{2010}", Self.beginsSmall(right),
            case let head = Self.wordBeforeHyphen(left), !head.isEmpty
        else {
            left += " "
            left += right
            return
        }
        let tail = Substring(right.utf8.prefix(40).prefix { Self.isWordPart($0) })
        let whole = (head + tail).lowercased()[...]
        let hyphenated = (head + "-" + tail).lowercased()[...]
        let keepsHyphen =
            !words.contains(whole) && (words.contains(hyphenated) || Self.isEnclitic(tail, after: head))
        if !keepsHyphen { left.removeLast() }
        left += right
    }

    /// Whether `tail` is a pronoun of the verb `head`: `tornou-se`, `fazê-los`, `deram-no`; but not of `mode-los`.
    private static func isEnclitic(_ tail: Substring, after head: Substring) -> Bool {
        guard enclitics.contains(tail), let last = head.lowercased().last else { return false }
        switch tail {
        case "lo", "la", "los", "las": return "áêéíôúi".contains(last)
        case "no", "na", "nas": return "mõã".contains(last) || head.hasSuffix("ão") || head.hasSuffix("õe")
        default: return true
        }
    }

    private static func wordBeforeHyphen(_ text: String) -> Substring {
        let end = text.utf8.dropLast(text.hasSuffix("-") ? 1 : 3).suffix(40)
        let start = end.lastIndex { !isWordPart($0) }.map { end.index(after: $0) } ?? end.startIndex
        return Substring(end[start...])
    }

    private static func isWordPart(_ byte: UInt8) -> Bool {
        (0x61...0x7a).contains(byte | 0x20) || byte >= 0x80 || byte == 0x2d
    }

    private static func beginsSmall(_ text: Substring) -> Bool { text.first?.isLowercase ?? false }

    static func endsSentence(_ text: Substring) -> Bool {
        guard let last = text.last(where: { !"\"'”’»)]".contains($0) }) else { return false }
        return ".!?:;…".contains(last)
    }
}

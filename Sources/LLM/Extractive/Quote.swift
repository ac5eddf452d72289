import Support

/// A sentence of a passage that may be quoted: also an item of a list, a row of a table, a block of code.
struct Quote: Sendable {
    /// The passage's number in its marker.
    let number: Int
    /// Which passage it is, counted from 0, and which of that passage's sentences.
    let passage: Int
    let position: Int
    /// As it is shown by itself: line breaks of prose are spaces, `[3]` of prose is `(3)`, list marks are gone.
    let text: String
    let form: Form
    let words: QuoteWords
    /// The passage's score as a part of the best passage's, 0...1.
    let passageScore: Double
    /// Whether it says something by itself; else it is quoted with its list only.
    let standsAlone: Bool
    /// The heading it stands under and a question just before it, which it may answer.
    let above: String
    /// Whether a question stands right before it.
    let answersQuestion: Bool

    enum Form: Sendable, Equatable {
        case prose, row, code
        /// An item of a list, with its mark: `- `, `2. `.
        case item(String)
    }

    /// The most passages, sentences a passage, and characters a sentence that are looked at.
    static let passageLimit = 16
    static let sentenceLimit = 60
    static let characterLimit = 600
    /// The most of a passage that is looked at, in characters.
    private static let passageLength = 20_000

    /// All quotable sentences, in the order of the passages and their text.
    static func all(in evidence: [GenerationRequest.Evidence]) -> [Quote] {
        let best = evidence.map(\.score).max() ?? 0
        var quotes: [Quote] = []
        for (index, passage) in evidence.prefix(passageLimit).enumerated() {
            let score = best > 0 && passage.score > 0 ? passage.score / best : 0
            var above = QuoteSurroundings()
            var position = 0
            let text = String(passage.text.prefix(passageLength))
            for sentence in QuotableText.sentences(in: text).prefix(sentenceLimit) {
                // The line below the head of a table parts nothing.
                if sentence.contains("|"), !sentence.contains(where: { $0.isLetter || $0.isNumber }) { continue }
                let quote = Quote(
                    sentence, number: passage.number, passage: index, position: position, score: score, above: above)
                if let quote { quotes.append(quote) }
                above.pass(quote, sentence, at: position)
                position += 1
            }
        }
        return quotes
    }

    /// nil for headings, rules, fragments and what is too long to quote whole.
    private init?(
        _ sentence: Substring, number: Int, passage: Int, position: Int, score: Double, above: QuoteSurroundings
    ) {
        guard sentence.count <= Self.characterLimit, !sentence.hasPrefix("#") else { return nil }
        let mark = Self.listMark(sentence)
        if sentence.hasPrefix("```") || sentence.hasPrefix("~~~") {
            form = .code
            text = Self.fenced(sentence)
        } else if QuotableText.isProgram(sentence) {
            form = .code
            text = Self.fenced("```\n" + sentence + "\n```")
        } else {
            form = sentence.hasPrefix("|") || sentence.contains(" | ") ? .row : mark.isEmpty ? .prose : .item(mark)
            // A number says more than a dot: it stays with what it counts.
            let isNumbered = mark.contains { $0.isLetter || $0.isNumber }
            text = Self.withoutMarkers(Self.onOneLine(isNumbered ? sentence : sentence.dropFirst(mark.count)))
        }
        let words = QuoteWords(text)
        switch form {
        case .code: guard words.set.count >= 2 else { return nil }
        case .row: guard text.contains(where: \.isLetter) else { return nil }
        case .item: guard !words.set.isEmpty else { return nil }
        case .prose: guard Self.readsLikeASentence(text, words: words.set.count) else { return nil }
        }
        standsAlone =
            switch form {
            case .item: Self.readsLikeASentence(text, words: words.set.count)
            case .prose, .row, .code: true
            }
        self.words = words
        self.number = number
        self.passage = passage
        self.position = position
        self.above = above.text(at: position)
        answersQuestion = above.hasQuestion(before: position) && !text.hasSuffix("?")
        passageScore = score
    }

    /// What must be read before it to understand it.
    enum Lead {
        case none, sentenceBefore
        /// The line that opens its list, the head of its table.
        case opening
    }

    var lead: Lead {
        switch form {
        case .code: return .none
        case .row: return .opening
        case .prose, .item:
            if answersQuestion || Self.leaningWords.contains(text.prefix(while: \.isLetter).lowercased()) {
                return .sentenceBefore
            }
            let isPart = text.first?.isLowercase ?? false || isItem && words.set.count < Self.shortItem
            return isPart ? .opening : .none
        }
    }

    /// In words that carry meaning.
    private static let shortItem = 4

    var isCode: Bool { form == .code }

    var isItem: Bool { if case .item = form { !isQuestion } else { false } }

    var opensList: Bool { text.hasSuffix(":") }

    /// Whether it can be the head of a table; a row with figures is one of its entries.
    var isHead: Bool { form == .row && !text.contains(where: \.isNumber) }

    var isQuestion: Bool { text.hasSuffix("?") }

    /// Whether the two follow each other in one passage.
    func isBeside(_ other: Quote) -> Bool { passage == other.passage && abs(position - other.position) == 1 }

    /// Not a heading whose mark got lost (`2.2 Worst case`), a fragment, or a session of some program.
    private static func readsLikeASentence(_ text: String, words: Int) -> Bool {
        guard words >= 2 else { return false }
        guard text.count(where: { $0.isLetter || $0.isWhitespace }) * 10 >= text.count * 7 else { return false }
        if let last = text.last, ".!?…:;".contains(last) { return true }
        return words >= 4 && text.count(where: \.isWhitespace) >= 4
            && text.prefixMatch(of: #/\d+(\.\d+)*[.)]?\s/#) == nil
    }

    private static func onOneLine(_ text: Substring) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// The mark of a list's item with the space behind it; empty where there is none.
    private static func listMark(_ text: Substring) -> String {
        for mark in ["- ", "* ", "+ ", "• ", "‣ ", "◦ ", "▪ ", "– "] where text.hasPrefix(mark) { return mark }
        let counter = text.prefix { $0.isNumber }
        let isLetter = counter.isEmpty && text.first?.isLowercase ?? false
        let end = text.dropFirst(isLetter ? 1 : counter.count)
        guard isLetter || (1...3).contains(counter.count) else { return "" }
        guard end.hasPrefix(") ") || !isLetter && end.hasPrefix(". ") else { return "" }
        return String(text.prefix(isLetter ? 3 : counter.count + 2))
    }

    /// A `[3]` or `[3, 1, 2]` of the material's own would pass for the answer's citation markers; the `[3]` of `v[3]` and
    /// what stands between back-ticks does not. A back-tick without its partner would hide the marker that follows.
    private static func withoutMarkers(_ text: String) -> String {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false)
        guard parts.count % 2 == 1 else { return withoutMarkers(text.replacing("`", with: "")) }
        return parts.enumerated().map { index, part in
            index % 2 == 1 ? String(part) : withoutMarkers(inProse: part)
        }.joined(separator: "`")
    }

    private static func withoutMarkers(inProse text: Substring) -> String {
        String(text).replacing(#/(^|[^\p{L}\p{N}_\])])((?:\[\d+(?:\s*[,;–-]\s*\d+)*\])+)/#) { match in
            match.output.1 + match.output.2.replacing("[", with: "(").replacing("]", with: ")")
        }
    }

    /// A block whose fence is of back-ticks and is closed, also where the passage ends within the block.
    private static func fenced(_ block: some StringProtocol) -> String {
        let text = block.hasPrefix("~") ? String(block).replacing("~~~", with: "```") : String(block)
        return text.dropFirst(3).hasSuffix("```") ? text : text + "\n```"
    }

    private static let leaningWords: Set<String> = [
        "ele", "ela", "eles", "elas", "isso", "isto", "esse", "essa", "esses", "essas", "este", "esta", "estes",
        "estas", "assim", "portanto", "logo", "também", "porém", "nesse", "nessa", "neste", "nesta", "disso", "nele",
        "nela", "seu", "sua", "seus", "suas", "it", "this", "that", "they", "these", "those", "thus", "therefore", "so",
        "however", "he", "she", "such", "then", "also", "its", "his", "her", "their",
    ]
}

import Support

/// A sentence of a passage that may be quoted.
struct Quote: Sendable {
    /// The passage's number in its marker.
    let number: Int
    /// Which passage it is, counted from 0, and which of that passage's sentences.
    let passage: Int
    let position: Int
    /// As it is shown: line breaks of prose are spaces, `[3]` of prose is `(3)`, list marks are gone.
    let text: String
    let isCode: Bool
    let words: QuoteWords
    /// The passage's score as a part of the best passage's, 0...1.
    let passageScore: Double

    /// The most passages, sentences a passage, and characters a sentence that are looked at.
    static let passageLimit = 16
    static let sentenceLimit = 60
    static let characterLimit = 600
    /// The most of a passage that is looked at, in characters.
    private static let passageLength = 20_000

    /// All quotable sentences, in the order of the passages and their text.
    static func all(in evidence: [GenerationRequest.Evidence]) -> [Quote] {
        let best = evidence.map(\.score).max() ?? 0
        return evidence.prefix(passageLimit).enumerated().flatMap { index, passage in
            let score = best > 0 && passage.score > 0 ? passage.score / best : 0
            return SentenceSplitter.sentences(in: String(passage.text.prefix(passageLength))).prefix(sentenceLimit)
                .enumerated().compactMap {
                    position, sentence in
                    Quote(sentence, number: passage.number, passage: index, position: position, score: score)
                }
        }
    }

    /// nil for headings, rules, fragments and what is too long to quote whole.
    private init?(_ sentence: Substring, number: Int, passage: Int, position: Int, score: Double) {
        guard sentence.count <= Self.characterLimit, !sentence.hasPrefix("#") else { return nil }
        isCode = sentence.hasPrefix("```") || sentence.hasPrefix("~~~")
        let text =
            isCode ? Self.fenced(sentence) : Self.withoutMarkers(Self.onOneLine(Self.withoutListMark(sentence)))
        let words = QuoteWords(text)
        guard words.set.count >= 2, isCode || Self.readsLikeASentence(text, words: words.set.count) else { return nil }
        self.text = text
        self.words = words
        self.number = number
        self.passage = passage
        self.position = position
        passageScore = score
    }

    /// What must be read before it to understand it: the sentence just before, or the one that opens its list.
    enum Lead { case none, sentenceBefore, openingOfList }

    var lead: Lead {
        guard !isCode, let first = text.first else { return .none }
        if Self.leaningWords.contains(text.prefix(while: \.isLetter).lowercased()) { return .sentenceBefore }
        return first.isLowercase ? .openingOfList : .none
    }

    var opensList: Bool { text.hasSuffix(":") }

    var isQuestion: Bool { text.hasSuffix("?") }

    /// Not a heading whose mark got lost (`2.2 Worst case`), a fragment, or a session of some program.
    private static func readsLikeASentence(_ text: String, words: Int) -> Bool {
        guard text.count(where: { $0.isLetter || $0.isWhitespace }) * 10 >= text.count * 7 else { return false }
        if let last = text.last, ".!?…:;".contains(last) { return true }
        return words >= 4 && text.prefixMatch(of: #/\d+(\.\d+)*[.)]?\s/#) == nil
    }

    private static func onOneLine(_ text: Substring) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private static func withoutListMark(_ text: Substring) -> Substring {
        for mark in ["- ", "* ", "+ ", "• ", "‣ ", "◦ ", "▪ ", "– "] where text.hasPrefix(mark) {
            return text.dropFirst(mark.count)
        }
        return text
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
    private static func fenced(_ block: Substring) -> String {
        let text = block.hasPrefix("~") ? String(block).replacing("~~~", with: "```") : String(block)
        return text.dropFirst(3).hasSuffix("```") ? text : text + "\n```"
    }

    private static let leaningWords: Set<String> = [
        "ele", "ela", "eles", "elas", "isso", "isto", "esse", "essa", "esses", "essas", "este", "esta", "estes",
        "estas", "assim", "portanto", "logo", "também", "porém", "nesse", "nessa", "neste", "nesta", "it", "this",
        "that", "they", "these", "those", "thus", "therefore", "so", "however", "he", "she", "such", "then", "also",
    ]
}

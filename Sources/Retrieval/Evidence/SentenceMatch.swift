import CourseStore
import Support

/// How the sentences of one text hold a question's words (`AskedWords`); headings above the text count for every sentence.
struct SentenceMatch {
    /// The most words and sentences of a text that are looked at, and the words of one sentence.
    private static let sentenceLimit = 60
    private static let wordLimit = 400
    /// The words of a text that tell its language.
    private static let languageWords = 60

    let language: TextLanguage
    /// The most that two sentences which follow each other hold together: a share, 0 to 1, of what the words say.
    private(set) var pair = 0.0
    /// What the sentence with most of the question lacks of its names and numbers: a share, 0 to 1, of what these say.
    private(set) var namesMissing = 0.0

    init(_ text: ChunkText, _ asked: AskedWords, _ matchers: inout WordMatchers) {
        let beginning = FoldedText(text.text, limit: Self.languageWords)
        language = TextLanguage(of: beginning, looking: Self.languageWords)
        guard asked.weight > 0 else { return }
        var matcher = matchers[language]
        defer { matchers[language] = matcher }
        let headings = WordSet(text.headings, limit: Self.wordLimit, &matcher)
        var best = (words: WordSet(), weight: -1.0)
        var before = headings
        for sentence in SentenceSplitter.sentences(in: text.text).prefix(Self.sentenceLimit) {
            let own = WordSet(String(sentence), limit: Self.wordLimit, &matcher)
            let weight = own.weight(asked)
            if weight > best.weight { best = (own, weight) }
            pair = max(pair, own.union(before).union(headings).weight(asked) / asked.weight)
            before = own
        }
        let names = WordSet(asked.words.indices.filter { asked.words[$0].isName })
        let all = names.weight(asked)
        guard all > 0 else { return }
        namesMissing = 1 - names.intersection(best.words.union(headings)).weight(asked) / all
    }
}

/// Some of a question's words, by their places in it: there are at most `QuestionWords.limit`.
private struct WordSet {
    private var bits: UInt64 = 0

    init() {}

    init(_ places: [Int]) {
        for place in places { bits |= 1 << UInt64(place) }
    }

    /// Those that a text holds.
    init(_ text: String, limit: Int, _ matcher: inout WordMatcher) {
        for word in FoldedText(text, limit: limit).words {
            for place in matcher.match(word.text)?.same ?? [] { bits |= 1 << UInt64(place) }
        }
    }

    func union(_ other: WordSet) -> WordSet { WordSet(bits: bits | other.bits) }
    func intersection(_ other: WordSet) -> WordSet { WordSet(bits: bits & other.bits) }

    private init(bits: UInt64) { self.bits = bits }

    /// What they say together.
    func weight(_ asked: AskedWords) -> Double {
        var (sum, rest) = (0.0, bits)
        while rest != 0 {
            sum += asked.words[rest.trailingZeroBitCount].weight
            rest &= rest - 1
        }
        return sum
    }
}

import Support

/// A passage prepared for the check: its sentences and their words.
struct CheckedPassage: Sendable {
    let passage: String
    /// UTF-8 bytes of the sentences, at most `sentenceLimit`: as many as a word of bits has.
    let ranges: [Range<Int>]
    private(set) var text: ClaimText
    /// The sentence of each token.
    let sentenceOf: [Int]
    /// By the tokens' stems and words: where they stand.
    private let byStem: [Int32: [Int]]
    private let byWord: [Int32: [Int]]
    private let byValue: [String: [Int]]
    private let formulas: String

    static let sentenceLimit = 60

    init(_ passage: String, vocabulary: inout ClaimVocabulary) {
        self.passage = passage
        let ranges = Array(SentenceSplitter.byteRanges(in: passage).prefix(Self.sentenceLimit))
        self.ranges = ranges
        let language = TextLanguage(of: FoldedText(passage, limit: 400), looking: 400)
        text = ClaimText(passage, language: language, starts: ranges.map(\.lowerBound), vocabulary: &vocabulary)
        var sentenceOf: [Int] = []
        var sentence = 0
        var (byStem, byWord): ([Int32: [Int]], [Int32: [Int]]) = ([:], [:])
        var byValue: [String: [Int]] = [:]
        for (index, token) in text.tokens.enumerated() {
            while sentence + 1 < ranges.count, ranges[sentence + 1].lowerBound <= token.bytes.lowerBound {
                sentence += 1
            }
            sentenceOf.append(sentence)
            if let value = token.value {
                byValue[value, default: []].append(index)
            } else {
                byStem[token.stem, default: []].append(index)
                if token.word != token.stem { byWord[token.word, default: []].append(index) }
            }
        }
        self.sentenceOf = sentenceOf
        self.byStem = byStem
        self.byWord = byWord
        self.byValue = byValue
        formulas = ClaimFormulas.plain(passage)
    }

    /// Tells names from other words where a sentence begins, when all texts of the check are known.
    mutating func markNames(_ vocabulary: ClaimVocabulary) { text.markNames(vocabulary) }

    /// Where a token of a claim stands in the passage.
    func places(of token: ClaimToken) -> [Int] {
        if let value = token.value { return byValue[value] ?? [] }
        if let found = byStem[token.stem] { return found }
        return byWord[token.word] ?? byStem[token.word] ?? []
    }

    /// How many sentences hold a token of a claim.
    func sentences(with token: ClaimToken) -> Int {
        var (count, last) = (0, -1)
        for place in places(of: token) where sentenceOf[place] != last {
            last = sentenceOf[place]
            count += 1
        }
        return count
    }

    func holds(formula: String) -> Bool { formulas.contains(formula) }

    func sentence(_ index: Int) -> String { passage.utf8Substring(ranges[index]) }
}

import Support

/// Whether a text repeats the words of others: runs of so many words, whatever their case, accents and punctuation.
struct VerbatimRuns: Sendable {
    /// Words of a text that are looked at.
    private static let longest = 20_000

    private let run: Int
    private var runs: Set<[String]> = []

    /// - Parameters:
    ///   - run: words one after another that make a copy.
    ///   - short: sentences that are shorter than a run are copies as a whole from so many words on; nil for never.
    ///   - known: texts that may be repeated.
    init(of texts: [String], run: Int, short: Int? = nil, except known: [String] = []) {
        self.run = run
        for text in texts {
            let words = Words.folded(text, limit: Self.longest)
            runs.formUnion(Self.runs(words, run))
            guard let short else { continue }
            for sentence in SentenceSplitter.sentences(in: text) {
                let words = Words.folded(String(sentence), limit: run)
                if words.count >= short, words.count < run { shorter[words.count, default: []].insert(words) }
            }
        }
        for text in known {
            let words = Words.folded(text, limit: Self.longest)
            runs.subtract(Self.runs(words, run))
            for length in shorter.keys { shorter[length]?.subtract(Self.runs(words, length)) }
        }
    }

    /// Whole sentences, by their number of words.
    private var shorter: [Int: Set<[String]>] = [:]

    func isCopied(in text: String) -> Bool {
        let words = Words.folded(text, limit: Self.longest)
        if Self.runs(words, run).contains(where: runs.contains) { return true }
        return shorter.contains { length, sentences in Self.runs(words, length).contains(where: sentences.contains) }
    }

    private static func runs(_ words: [String], _ length: Int) -> [[String]] {
        guard length > 0, words.count >= length else { return [] }
        return (0...(words.count - length)).map { Array(words[$0..<($0 + length)]) }
    }
}

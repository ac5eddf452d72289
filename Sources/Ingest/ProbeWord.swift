import Support

/// A word of a document by which it must be found when it has no sentence to look for: a label, a formula, a table of
/// numbers.
struct ProbeWord: Sendable, Equatable {
    let text: String
    /// The position of the chunk that holds it.
    let chunk: Int

    /// Chunks and words of each that are looked at.
    private static let chunkLimit = 4
    private static let wordLimit = 500
    /// Scalars beyond which a word is cut by the search.
    private static let longest = 48

    /// The rarest word, of these the longest, of these the first. Nil when there is none that the search index knows.
    static func choose(from chunks: [String]) -> ProbeWord? {
        var frequency: [String: Int] = [:]
        var words: [(word: String, chunk: Int)] = []
        for (index, text) in chunks.prefix(chunkLimit).enumerated() {
            let parts = text.unicodeScalars.split(maxSplits: 5_000) { !isWordPart($0) }
            for part in parts.prefix(wordLimit) where part.count <= longest && part.allSatisfy(isIndexed) {
                let word = String(String.UnicodeScalarView(part))
                frequency[word.lowercased(), default: 0] += 1
                words.append((word, index))
            }
        }
        func rank(_ word: String) -> (Int, Int) { (frequency[word.lowercased()] ?? 1, -word.unicodeScalars.count) }
        return words.min { rank($0.word) < rank($1.word) }.map { ProbeWord(text: $0.word, chunk: $0.chunk) }
    }

    private static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            || scalar.properties.generalCategory == .nonspacingMark
            || scalar.properties.generalCategory == .spacingMark
    }

    /// SQLite's tokenizer `unicode61` knows the letters and numbers of Unicode 6.1; what is a mark separates for it.
    private static func isIndexed(_ scalar: Unicode.Scalar) -> Bool {
        guard let age = scalar.properties.age, (age.major, age.minor) <= (6, 1) else { return false }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber:
            return true
        default: return false
        }
    }
}

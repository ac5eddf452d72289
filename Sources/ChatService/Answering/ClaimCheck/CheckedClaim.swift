import Glibc
import Support

/// A sentence of an answer prepared for the check.
struct CheckedClaim: Sendable {
    let text: ClaimText
    /// What each of its tokens counts: content words by how rare they are among the sentences offered, the others nothing.
    let weights: [Double]
    let formulas: [String]
    /// Whether the language is its own, not taken from the passages.
    let isOfKnownLanguage: Bool

    /// - Parameters:
    ///   - sentence: without its markers.
    ///   - passages: those offered.
    init(_ sentence: String, among passages: [CheckedPassage], vocabulary: inout ClaimVocabulary) {
        let own = LanguageGuess.of(sentence).flatMap(TextLanguage.init(code:))
        isOfKnownLanguage = own != nil
        var text = ClaimText(
            sentence, language: own ?? passages.first?.text.language ?? .english,
            starts: SentenceSplitter.byteRanges(in: sentence).map(\.lowerBound), vocabulary: &vocabulary)
        text.markNames(vocabulary)
        self.text = text
        formulas = ClaimFormulas.formulas(in: sentence)
        let sentences = Double(passages.reduce(0) { $0 + $1.ranges.count })
        let most = log(1 + sentences / 0.5)
        weights = text.tokens.map { token in
            guard token.isContent else { return 0 }
            guard most > 0 else { return 1 }
            let having = passages.reduce(0) { $0 + $1.sentences(with: token) }
            return log(1 + sentences / (Double(having) + 0.5)) / most
        }
    }

    /// Whether the sentence states something that a passage could carry: two words or numbers that say something, and no
    /// question.
    static func states(_ sentence: String) -> Bool {
        guard !sentence.hasPrefix("#"), !sentence.hasSuffix("?"), !sentence.hasSuffix(":") else { return false }
        return Words.content(sentence, limit: 200).count >= 2
    }
}

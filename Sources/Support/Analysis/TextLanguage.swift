/// The language by whose rules a text's words are brought to their stems.
package enum TextLanguage: UInt8, Sendable, Hashable, CaseIterable {
    /// Also for texts of no known language: what is not English keeps most of its words as they are.
    case english = 0
    case portuguese = 1

    /// What `Document.language` calls it; nil for another language or none.
    package init?(code: String) {
        switch code {
        case "en": self = .english
        case "pt": self = .portuguese
        default: return nil
        }
    }

    /// The language that speaks from the first words of a text.
    /// - Parameter looking: how many of them are looked at.
    package init(of text: FoldedText, looking limit: Int) {
        var evidence = LanguageEvidence()
        evidence.count(accents: text.accents)
        for word in text.words.prefix(limit) { evidence.count(word.text) }
        self = evidence.language(known: nil)
    }

    package var stopWords: Set<String> {
        switch self {
        case .english: StopWords.english
        case .portuguese: StopWords.portuguese
        }
    }
}

/// What speaks for each language in the words of a text.
struct LanguageEvidence {
    private var portuguese = 0
    private var english = 0

    /// - Parameter word: folded.
    mutating func count(_ word: String) {
        switch (StopWords.portuguese.contains(word), StopWords.english.contains(word)) {
        case (true, false): portuguese += 2
        case (false, true): english += 2
        default: break
        }
    }

    /// Counts letters with marks, which English does not have.
    mutating func count(accents: Int) { portuguese += accents }

    /// The language that clearly speaks from the text; else `known`, what the document is said to be; else the likelier.
    func language(known: TextLanguage?) -> TextLanguage {
        let (more, fewer) = (max(portuguese, english), min(portuguese, english))
        let likelier: TextLanguage = portuguese > english ? .portuguese : .english
        return more >= 4 && more >= 2 * fewer ? likelier : known ?? likelier
    }
}

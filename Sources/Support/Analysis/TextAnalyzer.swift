/// Makes the terms by which texts are found of the texts' words: the one way for what is stored and for what is asked.
///
/// A word is folded (`FoldedText`) and brought to its stem by the rules of its text's language. A name written as one
/// (`Identifiers`) is a term of its own beside its words. Stop words are terms too: they count for a text's length, and
/// are asked for when a question holds nothing else.
package enum TextAnalyzer {
    /// Grows with every change by which a text would get other terms: what was stored by another version is made anew.
    package static let version = 2

    /// The most words of one text that are looked at.
    package static let wordLimit = 65_535

    /// A term where it stands in a text.
    package struct Token: Sendable, Hashable {
        /// The stem, of a name as a whole where it has letters only (`T-cells` is `tcell`).
        package let term: String
        /// The number of the word it is or begins at, from 0.
        package let position: Int
        /// UTF-8 bytes of the text.
        package let bytes: Range<Int>
        /// Whether it is a word of the text, not a name as a whole or a word's part.
        package let isWord: Bool
    }

    /// A text's terms by the rules of its language.
    package struct Terms: Sendable {
        package let language: TextLanguage
        /// By position; a word before the names that begin at it.
        package let tokens: [Token]
        package let wordCount: Int
    }

    /// The terms of a text in the language that it shows itself; where it does not, in the one it is known to be in.
    package static func terms(of text: String, known: TextLanguage?) -> Terms {
        var text = text
        text.makeContiguousUTF8()
        let folded = FoldedText(text, limit: wordLimit)
        var evidence = LanguageEvidence()
        evidence.count(accents: folded.accents)
        for word in folded.words { evidence.count(word.text) }
        return terms(of: text, folded, language: evidence.language(known: known))
    }

    /// The terms of a text by the rules of a language.
    package static func terms(of text: String, language: TextLanguage) -> Terms {
        terms(of: text, FoldedText(text, limit: wordLimit), language: language)
    }

    private static func terms(of text: String, _ folded: FoldedText, language: TextLanguage) -> Terms {
        var tokens: [Token] = []
        tokens.reserveCapacity(folded.words.count + 8)
        var names = Identifiers(Array(text.utf8), folded.words).names[...]
        for (position, word) in folded.words.enumerated() {
            tokens.append(
                Token(
                    term: word.isPlain ? stem(word.text, language) : word.text, position: position,
                    bytes: word.bytes, isWord: true))
            while let name = names.first, name.word == position {
                names.removeFirst()
                tokens.append(
                    Token(
                        term: stem(name.text, language), position: position, bytes: name.bytes, isWord: false))
            }
        }
        return Terms(language: language, tokens: tokens, wordCount: folded.words.count)
    }

    /// The stem of a folded word; words with other letters than a to z have none but themselves.
    package static func stem(_ word: String, _ language: TextLanguage) -> String {
        var bytes = Array(word.utf8)
        guard bytes.allSatisfy({ (0x61...0x7a).contains($0) }) else { return word }
        switch language {
        case .english:
            BritishSpelling.normalise(&bytes)
            EnglishStemmer.stem(&bytes)
        case .portuguese:
            PortugueseEndings.restore(&bytes)
            PortugueseStemmer.stem(&bytes)
            PortugueseEndings.fold(&bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

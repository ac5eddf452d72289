import Support

/// The words of a question as an FTS5 expression that no question can break.
///
/// The text is taken apart here, not by FTS5's query parser: only letters, digits and their marks are left, each word
/// stands in quotes, and the words are joined by OR. (AND finds nothing for most real questions.) Folding and stemming
/// are left to the index's own tokenizer, so that question and index cannot disagree.
struct LexicalQuery: Sendable, Equatable {
    /// The most words of one question that are searched; the first ones stay.
    static let termLimit = 64
    /// The most scalars of one word that are searched.
    static let termLength = 64
    /// The most words of a question that are looked at.
    private static let wordLimit = 2_000

    /// Different words in the order of the question, stop words left out unless there is nothing else.
    let terms: [String]

    init(_ question: String) {
        let words = Self.words(of: question).map { (word: $0, folded: Words.folded($0).joined()) }
        let content = words.filter { !StopWords.all.contains($0.folded) }
        var seen: Set<String> = []
        var terms: [String] = []
        for (word, folded) in content.isEmpty ? words : content where terms.count < Self.termLimit {
            if seen.insert(folded).inserted { terms.append(word) }
        }
        self.terms = terms
    }

    private static func words(of question: String) -> [String] {
        question.unicodeScalars.split { !isWordPart($0) }.prefix(wordLimit).map { word in
            var text = String.UnicodeScalarView()
            text.append(contentsOf: word.prefix(termLength))
            return String(text)
        }
    }

    private static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber, .nonspacingMark, .spacingMark:
            true
        default: false
        }
    }

    /// nil when the question holds no word at all.
    var expression: String? { terms.isEmpty ? nil : terms.map(Self.quoted).joined(separator: " OR ") }

    /// An FTS5 string (https://www.sqlite.org/fts5.html, section 3.1).
    static func quoted(_ term: String) -> String {
        "\"" + term.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}

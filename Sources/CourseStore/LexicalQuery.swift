import Support

/// The words of a question as an FTS5 expression that no question can break.
///
/// The text is taken apart here, not by FTS5's query parser: only folded letters and digits are left, each word stands
/// in quotes, and the words are joined by OR. (AND finds nothing for most real questions.)
struct LexicalQuery: Sendable, Equatable {
    /// The most words of one question that are searched; the first ones stay.
    static let termLimit = 64
    /// The most characters of one word that are searched.
    static let termLength = 64
    /// The most words of a question that are looked at.
    private static let wordLimit = 2_000

    /// Different words in the order of the question, stop words left out unless there is nothing else.
    let terms: [String]

    init(_ question: String) {
        let words = Words.folded(question, limit: Self.wordLimit)
        let content = words.filter { !StopWords.all.contains($0) }
        var seen: Set<String> = []
        var terms: [String] = []
        for word in content.isEmpty ? words : content where terms.count < Self.termLimit {
            let term = String(word.unicodeScalars.prefix(Self.termLength))
            if seen.insert(term).inserted { terms.append(term) }
        }
        self.terms = terms
    }

    /// nil when the question holds no word at all.
    var expression: String? { terms.isEmpty ? nil : terms.map(Self.quoted).joined(separator: " OR ") }

    /// An FTS5 string (https://www.sqlite.org/fts5.html, section 3.1).
    static func quoted(_ term: String) -> String {
        "\"" + term.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}

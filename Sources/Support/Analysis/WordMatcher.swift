/// Tells which words of a question a word of a text is, and which it is akin to, by the rules of the text's language.
/// Remembers what it saw, so that a word is brought to its stem once a question.
package struct WordMatcher {
    package struct Match: Sendable {
        /// Indices of the question's words that it is.
        package var same: [Int] = []
        /// Other words of the question that begin like it.
        package var akin: [(word: Int, similarity: Double)] = []
    }

    /// The least letters that akin words share at their beginning, the least share of the longer one that this must be,
    /// and the shortest word of a question that has akin ones.
    private static let sharedLetters = 4
    private static let leastSimilarity = 0.6
    private static let shortest = 5
    /// The most words that are remembered.
    private static let memory = 20_000

    private let language: TextLanguage
    /// The question's words as a text of that language has them.
    private let terms: [String]
    /// The first two bytes of the question's words: stems keep them, so all other words need no second look.
    private let beginnings: [UInt16]
    private var known: [String: Match] = [:]

    /// - Parameter terms: what texts of `language` call the question's words.
    init(_ terms: [String], _ language: TextLanguage) {
        self.language = language
        self.terms = terms
        beginnings = Array(Set(terms.map { Self.beginning($0) }))
    }

    private static func beginning(_ word: String) -> UInt16 {
        var bytes = word.utf8.makeIterator()
        return UInt16(bytes.next() ?? 0) << 8 | UInt16(bytes.next() ?? 0)
    }

    /// - Parameter word: folded.
    /// - Returns: nil when it has nothing to do with the question.
    package mutating func match(_ word: String) -> Match? {
        guard beginnings.contains(Self.beginning(word)) else { return nil }
        let match: Match
        if let remembered = known[word] {
            match = remembered
        } else {
            match = compare(word)
            if known.count < Self.memory { known[word] = match }
        }
        return match.same.isEmpty && match.akin.isEmpty ? nil : match
    }

    private func compare(_ word: String) -> Match {
        var match = Match()
        let stem = TextAnalyzer.stem(word, language)
        for (index, term) in terms.enumerated() {
            if stem == term {
                match.same.append(index)
            } else {
                let similarity = Self.similarity(stem, term)
                if similarity > 0 { match.akin.append((index, similarity)) }
            }
        }
        return match
    }

    /// How much of the longer stem both begin with; 0 when that is too little to mean anything.
    static func similarity(_ stem: String, _ term: String) -> Double {
        guard term.utf8.count >= shortest else { return 0 }
        let shared = zip(stem.utf8, term.utf8).prefix { $0 == $1 }.count
        let similarity = Double(shared) / Double(max(stem.utf8.count, term.utf8.count))
        return shared >= sharedLetters && similarity >= leastSimilarity ? similarity : 0
    }
}

/// A matcher for texts of each language.
package struct WordMatchers {
    private var matchers: [WordMatcher]

    /// - Parameter terms: of each word of the question, by `TextLanguage.rawValue`.
    package init(_ terms: [[String]]) {
        matchers = TextLanguage.allCases.map { language in
            WordMatcher(terms.map { $0[Int(language.rawValue)] }, language)
        }
    }

    package subscript(language: TextLanguage) -> WordMatcher {
        get { matchers[Int(language.rawValue)] }
        _modify { yield &matchers[Int(language.rawValue)] }
    }
}

/// The words of a question, each with the term it is in texts of either language.
package struct QuestionWords: Sendable, Equatable {
    package struct Word: Sendable, Hashable {
        /// As it stands in the question.
        package let written: String
        /// Folded, not stemmed.
        package let folded: String
        /// By `TextLanguage.rawValue`.
        private let terms: [String]
        /// Whether it is a name as a whole or a word's part, which stands in the question beside its words.
        package let isName: Bool
        /// Whether the question begins with it.
        package let isFirst: Bool

        init(written: String, folded: String, isName: Bool, isStemmed: Bool, isFirst: Bool) {
            self.isFirst = isFirst
            self.written = written
            self.folded = folded
            self.isName = isName
            terms = TextLanguage.allCases.map { isStemmed ? TextAnalyzer.stem(folded, $0) : folded }
        }

        /// What a text of a language calls it.
        package func term(in language: TextLanguage) -> String { terms[Int(language.rawValue)] }

        func hasSameTerms(as other: Word) -> Bool { terms == other.terms }
    }

    /// The most words of one question; the first ones stay.
    package static let limit = 64
    /// The most words of a question that are looked at.
    private static let lookLimit = 2_000

    /// Different words in the order of the question, without the stop words of its language unless there is nothing else.
    package let words: [Word]

    package init(_ question: String) {
        var question = question
        question.makeContiguousUTF8()
        let folded = FoldedText(question, limit: Self.lookLimit)
        let stopWords = LanguageGuess.of(question).flatMap(TextLanguage.init(code:))?.stopWords ?? StopWords.all
        let content = Self.words(of: question, folded) { !stopWords.contains($0) }
        words = content.isEmpty ? Self.words(of: question, folded) { _ in true } : content
    }

    private static func words(
        of question: String, _ folded: FoldedText, where isWanted: (String) -> Bool
    ) -> [Word] {
        let source = Array(question.utf8)
        var names = Identifiers(source, folded.words).names[...]
        var words: [Word] = []
        func add(_ text: String, _ bytes: Range<Int>, isName: Bool, isStemmed: Bool) {
            guard words.count < limit else { return }
            let word = Word(
                written: String(decoding: source[bytes], as: UTF8.self), folded: text, isName: isName,
                isStemmed: isStemmed, isFirst: bytes.lowerBound == folded.words.first?.bytes.lowerBound)
            if !words.contains(where: word.hasSameTerms) { words.append(word) }
        }
        for (position, word) in folded.words.enumerated() {
            if isWanted(word.text) { add(word.text, word.bytes, isName: false, isStemmed: word.isPlain) }
            while let name = names.first, name.word == position {
                names.removeFirst()
                if !name.isPart || isWanted(name.text) {
                    add(name.text, name.bytes, isName: true, isStemmed: true)
                }
            }
        }
        return words
    }
}

/// What to search for: a text, and texts that it leans on, as a question leans on the conversation before it.
///
/// The scores by words are summed over the texts, each as its weight says; the vectors are mixed the same way. A rare word
/// of the context therefore counts as much as a common one of the text, and the text's own rare words stay the strongest.
package struct RetrievalQuery: Sendable, Equatable {
    /// A text that is leaned on.
    package struct Context: Sendable, Equatable {
        package let text: String
        /// What its words weigh against the query's own, 0 for not at all.
        package let words: Double
        /// What its vector weighs against the query's own, 0 for not at all.
        package let meaning: Double

        package init(_ text: String, words: Double, meaning: Double) {
            self.text = text
            self.words = words
            self.meaning = meaning
        }
    }

    /// The most texts of a context; the first ones stay.
    package static let contextLimit = 4

    package let text: String
    /// The most important first.
    package let context: [Context]
    /// Whether what is found is judged by the text and the words of its context, or by the text alone.
    package let isJudgedWhole: Bool

    package init(_ text: String, context: [Context] = [], judgedWhole: Bool = true) {
        self.text = text
        self.context = Array(context.prefix(Self.contextLimit))
        isJudgedWhole = judgedWhole
    }

    /// The text after those whose words it leans on, oldest first: what is asked, as far as words can say it.
    package var whole: String {
        (context.filter { $0.words > 0 }.reversed().map(\.text) + [text]).joined(separator: "\n")
    }

    /// The words that a passage should hold which answers it.
    var judged: String { isJudgedWhole ? whole : text }

    var isBlank: Bool { !text.unicodeScalars.contains { !$0.properties.isWhitespace } }
}

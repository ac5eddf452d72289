/// What the score of a passage is made of; the four add up to it.
package struct ScoreParts: Sendable, Hashable, Codable {
    /// By BM25, beside the best of the candidates.
    package let lexical: Double
    /// By the cosine, beside the best of the candidates.
    package let vector: Double
    /// By words of the question that stand as close together as in a sentence, or follow each other as there.
    package let sentence: Double
    /// By words of the question, or words that begin like them, in a wider stretch of the text and in its headings.
    package let window: Double

    package init(lexical: Double, vector: Double, sentence: Double, window: Double) {
        self.lexical = lexical
        self.vector = vector
        self.sentence = sentence
        self.window = window
    }
}

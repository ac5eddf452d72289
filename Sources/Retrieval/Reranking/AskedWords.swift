import Glibc
import Support

/// The words of a question as a closer look at texts needs them: how much each says, and which stand side by side.
struct AskedWords: Sendable {
    struct Word: Sendable {
        /// What a text of a language calls it, by `TextLanguage.rawValue`.
        let terms: [String]
        /// As it is asked for, folded, not stemmed.
        let folded: String
        /// Inverse document frequency, as in BM25, kept positive (Robertson, Zaragoza 2009).
        let weight: Double
        /// Whether it looks like a name or a number: a digit in it, or a capital letter within the question.
        let isName: Bool
    }

    let words: [Word]
    /// The weights' sum.
    let weight: Double

    /// - Parameters:
    ///   - frequency: how many of the course's `chunks` chunks hold a word, as it is written in the question.
    init(_ question: QuestionWords, chunks: Int, frequency: (String) -> Int) {
        words = question.words.filter { !$0.isName }.map { word in
            Word(
                terms: TextLanguage.allCases.map(word.term), folded: word.folded,
                weight: Self.inverseDocumentFrequency(frequency(word.written), of: chunks),
                isName: !word.isFirst && word.written.first?.isUppercase == true
                    || word.written.contains(where: \.isNumber))
        }
        weight = words.reduce(0) { $0 + $1.weight }
    }

    /// What the two words from `index` on say together: as much as the commoner of them.
    func pairWeight(_ index: Int) -> Double { min(words[index].weight, words[index + 1].weight) }

    static func inverseDocumentFrequency(_ frequency: Int, of chunks: Int) -> Double {
        let (frequency, count) = (Double(frequency), Double(max(chunks, frequency)))
        return log(1 + (count - frequency + 0.5) / (frequency + 0.5))
    }
}

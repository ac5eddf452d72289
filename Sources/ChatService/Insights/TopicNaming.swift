import Glibc

/// Names topics by their own words: those that are frequent in a topic and rare in the others, by class-based TF-IDF
/// (Grootendorst, "BERTopic", arXiv:2203.05794, eq. 2): `tf(t, c) · ln(1 + A / f(t))`, where `A` is the mean number of words of a
/// topic and `f(t)` how often the term stands in all.
enum TopicNaming {
    /// A word of a topic.
    struct Word: Sendable, Equatable {
        let term: String
        /// As most of the questions write it.
        let written: String
        let weight: Double
    }

    /// - Parameters:
    ///   - groups: the number of each text's topic, from 0.
    ///   - limit: words of a topic.
    /// - Returns: for each topic its words, the most telling first; equals in the order of their terms.
    static func words(of texts: [AskedText], groups: [Int], limit: Int) -> [[Word]] {
        let count = (groups.max() ?? -1) + 1
        var frequencies = [[String: Int]](repeating: [:], count: count)
        var forms: [String: [String: Int]] = [:]
        var everywhere: [String: Int] = [:]
        for (text, group) in zip(texts, groups) {
            for (term, times) in text.terms {
                frequencies[group][term, default: 0] += times
                everywhere[term, default: 0] += times
            }
            for (term, form) in text.forms { forms[term, default: [:]][form, default: 0] += 1 }
        }
        let mean = Double(everywhere.values.reduce(0, +)) / Double(max(1, count))
        return frequencies.map { frequencies in
            let words = frequencies.map { term, times in
                let written = forms[term]?.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? term
                return Word(
                    term: term, written: written,
                    weight: Double(times) * log(1 + mean / Double(everywhere[term] ?? 1)))
            }
            return Array(words.sorted { ($1.weight, $0.term) < ($0.weight, $1.term) }.prefix(limit))
        }
    }
}

/// The forms in which texts say what something is.
enum Definition {
    /// A part of a sentence that it may define, and how sure the form is of it, 0...1.
    struct Subject: Equatable {
        let text: Substring
        let certainty: Double
    }

    /// What stands before `is`, `significa`, `refere-se` or a colon near the beginning of a sentence; and what stands
    /// before an apposition: `the answer is a tombstone, a mark that …`.
    static func subjects(of sentence: String) -> [Subject] {
        let words = sentence.split(whereSeparator: \.isWhitespace).prefix(longestSentence)
        var subjects: [Subject] = []
        for (index, word) in words.enumerated() {
            let next = words.indices.contains(index + 1) ? words[index + 1].lowercased() : ""
            if (1...longestSubject).contains(index), copulas.contains(word.lowercased()), !negations.contains(next) {
                subjects.append(Subject(text: sentence[..<word.startIndex], certainty: 1))
            } else if index < longestSubject, word.hasSuffix(":"), !next.isEmpty {
                subjects.append(Subject(text: sentence[..<word.endIndex], certainty: 1))
            } else if word.hasSuffix(","), articles.contains(next) {
                let first = words[max(0, index - longestApposition)]
                subjects.append(Subject(text: sentence[first.startIndex..<word.endIndex], certainty: 0.6))
            }
        }
        return subjects
    }

    /// In words, beside the one at its end.
    private static let longestSubject = 12
    private static let longestApposition = 3
    private static let longestSentence = 120

    private static let copulas: Set<String> = [
        "is", "are", "was", "were", "means", "mean", "refers", "denotes", "describes", "consists", "called", "é", "são",
        "era", "eram", "significa", "significam", "consiste", "consistem", "refere-se", "denomina-se", "define-se",
        "chama-se", "designa", "denota", "compreende", "constitui", "=",
    ]
    private static let negations: Set<String> = ["not", "no", "não"]
    private static let articles: Set<String> = ["a", "an", "the", "o", "um", "uma"]
}

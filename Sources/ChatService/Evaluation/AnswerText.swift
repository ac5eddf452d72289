/// Compares an answer with gold answers as SQuAD's own evaluation script does (Rajpurkar et al. 2016, section 6.1): lower
/// case, no ASCII punctuation, no English articles, single blanks. In every language, so that figures can be compared with
/// published ones.
///
/// The tests hold it against another implementation (Tests/Fixtures/answers/make_metrics.py).
package enum AnswerText {
    /// The words that are compared.
    package static func words(_ text: String) -> [String] {
        var plain = String.UnicodeScalarView()
        var run = String.UnicodeScalarView()
        func close() {
            if !["a", "an", "the"].contains(String(run)) { plain.append(contentsOf: run) } else { plain.append(" ") }
            run = .init()
        }
        for scalar in text.lowercased().unicodeScalars where !isPunctuation(scalar) {
            if isWordPart(scalar) {
                run.append(scalar)
            } else {
                close()
                plain.append(scalar)
            }
        }
        close()
        return plain.split { $0.properties.isWhitespace }.map { String($0) }
    }

    /// Whether the words of some gold answer stand in the answer, in a row.
    package static func contains(_ answer: String, gold: [String]) -> Bool {
        let words = words(answer)
        return gold.contains { gold in
            let sought = Self.words(gold)
            guard !sought.isEmpty, sought.count <= words.count else { return false }
            return (0...(words.count - sought.count)).contains { words[$0...].starts(with: sought) }
        }
    }

    /// The best F1 of the answer's words with those of a gold answer, 0 to 1; both without words are equal.
    package static func f1(_ answer: String, gold: [String]) -> Double {
        let words = words(answer)
        return gold.map { f1(words, Self.words($0)) }.max() ?? 0
    }

    private static func f1(_ answer: [String], _ gold: [String]) -> Double {
        guard !answer.isEmpty, !gold.isEmpty else { return answer.isEmpty == gold.isEmpty ? 1 : 0 }
        var left: [String: Int] = [:]
        for word in gold { left[word, default: 0] += 1 }
        var shared = 0
        for word in answer {
            guard let count = left[word], count > 0 else { continue }
            left[word] = count - 1
            shared += 1
        }
        guard shared > 0 else { return 0 }
        let precision = Double(shared) / Double(answer.count)
        let recall = Double(shared) / Double(gold.count)
        return 2 * precision * recall / (precision + recall)
    }

    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "!"..."/", ":"..."@", "["..."`", "{"..."~": true
        default: false
        }
    }

    /// As `\w` has it: letters and numbers.
    private static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber:
            true
        default: false
        }
    }
}

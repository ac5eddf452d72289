import Support

/// A sentence with a gap.
struct Cloze: Sendable, Equatable {
    static let gap = "_____"

    /// As it stands in the passage.
    let sentence: String
    /// With the gap.
    let text: String
    /// What stood there.
    let word: String

    /// Words of a sentence that can be asked about: shorter ones say too little, longer ones too much.
    private static let words = 6...40
    private static let shortest = 4

    /// The sentence of a passage that says most of `subjects`, with a gap for its most telling word: of those that are in no
    /// subject, for a gap where the subject stood could be anything, the one that the passage uses most, the longest of
    /// several. nil when the passage has no such sentence.
    static func best(in passage: String, about subjects: [String]) -> Cloze? {
        let known = Set(subjects.flatMap { Words.content($0, limit: 200) })
        let counts = Words.content(passage, limit: 2_000).reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        var best: (cloze: Cloze, hits: Int)?
        for sentence in SentenceSplitter.sentences(in: passage).prefix(60) {
            let sentence = String(sentence).trimmed
            // A line of code, a table's row or a heading is no sentence.
            guard !sentence.contains(where: { $0.isNewline || "|{}=<>`\\".contains($0) }),
                ".!".contains(sentence.last ?? " "),
                words.contains(Words.folded(sentence, limit: 60).count)
            else { continue }
            let content = Words.content(sentence)
            let hits = content.count(where: known.contains)
            guard hits > best?.hits ?? 0, let word = telling(content, known, counts) else { continue }
            guard let cloze = Cloze(sentence, without: word) else { continue }
            best = (cloze, hits)
        }
        return best?.cloze
    }

    private static func telling(_ content: [String], _ known: Set<String>, _ counts: [String: Int]) -> String? {
        content.filter { $0.count >= shortest && !known.contains($0) }
            .max { (counts[$0, default: 0], $0.count, $0) < (counts[$1, default: 0], $1.count, $1) }
    }

    /// The sentence with a gap wherever the word stands.
    private init?(_ sentence: String, without folded: String) {
        var text = ""
        var found: String?
        var word = ""
        func close() {
            if !word.isEmpty, Words.folded(word, limit: 2) == [folded] {
                found = found ?? word
                text += Self.gap
            } else {
                text += word
            }
            word = ""
        }
        for character in sentence {
            if character.isLetter || character.isNumber {
                word.append(character)
            } else {
                close()
                text.append(character)
            }
        }
        close()
        guard let found else { return nil }
        self.sentence = sentence
        self.text = text
        self.word = found
    }
}

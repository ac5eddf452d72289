import Support

/// Stops an answer that begins to repeat the rules it was given, or the word of the fence round its passages.
///
/// A pure value like `MarkerFilter`. Words are compared folded, whatever stands between them. As soon as
/// `longestOverlap` words in a row are those of the rules, or a word holds the fence's, nothing more is let through. What
/// may be becoming such a row is held back from its third word on, so that next to nothing of it is ever seen.
///
/// Rules in another language, in a cipher or spelt letter by letter are not noticed: the filter is the last line of
/// defence against a model that repeats itself, not proof that nothing of the rules can be inferred.
package struct LeakFilter: Sendable {
    /// As many words of the rules in a row no honest answer has.
    static let longestOverlap = 8
    private static let leastHeld = 3
    /// A longer word is none; it is shown in parts.
    private static let longestWord = 200

    /// Whether something was kept back for good.
    package private(set) var isTripped = false
    /// nil where a sentence ends that an answer may well repeat.
    private let rules: [String?]
    private let fence: String
    /// For each word of the rules: how many words up to it are the last words of the answer.
    private var overlaps: [Int]
    /// The largest of these.
    private var run = 0
    /// Words that are held back, each with what followed it.
    private var held: [String] = []
    /// The word at hand, and how many of its scalars were shown.
    private var word = String.UnicodeScalarView()
    private var shown = 0

    /// - Parameters:
    ///   - rules: the system prompt.
    ///   - allowed: what of it an answer may repeat.
    package init(rules: String, allowed: [String] = [], fence: String) {
        var words: [String?] = Words.folded(rules)
        for sentence in allowed {
            let free = Words.folded(sentence)
            guard !free.isEmpty, free.count <= words.count else { continue }
            for start in 0...(words.count - free.count)
            where zip(words[start...], free).allSatisfy({ $0 == $1 }) {
                for index in start..<(start + free.count) { words[index] = nil }
            }
        }
        self.rules = words
        self.fence = Words.folded(fence).joined()
        overlaps = [Int](repeating: 0, count: words.count)
    }

    /// Takes the next piece of the answer and returns what may be shown by now.
    package mutating func feed(_ piece: String) -> String {
        var out = ""
        for scalar in piece.unicodeScalars where !isTripped { consume(scalar, into: &out) }
        if !isTripped, run < Self.leastHeld - 1, !mayBecomeFence { showWord(into: &out) }
        return out
    }

    /// The answer is over: returns what was held back.
    package mutating func finish() -> String {
        var out = ""
        endWord(into: &out)
        guard !isTripped else { return out }
        out += held.joined()
        held = []
        return out
    }

    private mutating func consume(_ scalar: Unicode.Scalar, into out: inout String) {
        if Self.isWordPart(scalar) {
            if word.count >= Self.longestWord { endWord(into: &out) }
            word.append(scalar)
            return
        }
        endWord(into: &out)
        guard !isTripped else { return }
        if held.isEmpty {
            out.unicodeScalars.append(scalar)
        } else {
            held[held.count - 1].unicodeScalars.append(scalar)
        }
    }

    private mutating func endWord(into out: inout String) {
        guard !word.isEmpty else { return }
        let folded = Words.folded(String(word)).joined()
        if !folded.isEmpty { extend(with: folded) }
        if run >= Self.longestOverlap || (!fence.isEmpty && folded.contains(fence)) {
            isTripped = true
            held = []
            word = .init()
            return
        }
        if shown > 0 {
            // Its beginning was shown when nothing spoke against it.
            showWord(into: &out)
        } else {
            held.append(String(word))
        }
        let kept = run >= Self.leastHeld ? run - Self.leastHeld + 1 : 0
        if held.count > kept {
            out += held.prefix(held.count - kept).joined()
            held.removeFirst(held.count - kept)
        }
        word = .init()
        shown = 0
    }

    private mutating func extend(with folded: String) {
        run = 0
        for index in rules.indices.reversed() {
            overlaps[index] = rules[index] == folded ? (index > 0 ? overlaps[index - 1] : 0) + 1 : 0
            run = max(run, overlaps[index])
        }
    }

    private var mayBecomeFence: Bool {
        guard !word.isEmpty, !fence.isEmpty else { return false }
        return fence.hasPrefix(Words.folded(String(word)).joined())
    }

    private mutating func showWord(into out: inout String) {
        out.unicodeScalars.append(contentsOf: word.dropFirst(shown))
        shown = word.count
    }

    private static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            || scalar.properties.canonicalCombiningClass != .notReordered
            || scalar.properties.isDefaultIgnorableCodePoint
    }
}

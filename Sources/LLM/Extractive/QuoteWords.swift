import Support

/// The content words of a text, so that different spellings of one word are equal: `Words.content` without the words of a
/// request, plural endings of Portuguese and English taken off, and cut after six letters, so that `recursão`, `recursiva`
/// and `recursion` meet. Cutting is a stemmer that needs no language and does well in both (McNamee and
/// Mayfield, "Character N-Gram Tokenization for European Language Text Retrieval", Information Retrieval 7, 2004).
struct QuoteWords: Sendable {
    let set: Set<String>
    /// The first two, where a sentence usually names what it speaks of.
    let opening: [String]

    init(_ text: String) {
        let words = Words.content(text).filter { !Self.requestWords.contains($0) }.map { Self.stem($0) }
        set = Set(words)
        opening = Array(words.prefix(2))
    }

    /// Shared words as a part of all (Jaccard).
    func overlap(_ other: QuoteWords) -> Double {
        let shared = set.intersection(other.set).count
        let all = set.count + other.set.count - shared
        return all == 0 ? 0 : Double(shared) / Double(all)
    }

    private static func stem(_ word: String) -> String { String(singular(word).prefix(6)) }

    private static func singular(_ word: String) -> String {
        guard word.utf8.count > 3, word.hasSuffix("s"), !word.hasSuffix("ss") else { return word }
        if word.hasSuffix("oes") || word.hasSuffix("aes") { return word.dropLast(3) + "ao" }
        if word.hasSuffix("ais") || word.hasSuffix("eis") { return word.dropLast(2) + "l" }
        if word.hasSuffix("ies"), word.utf8.count > 4 { return word.dropLast(3) + "y" }
        if word.hasSuffix("ns") { return word.dropLast(2) + "m" }
        return String(word.dropLast())
    }

    /// How one asks rather than what one asks for: no function words, so `StopWords` has none of them.
    static let requestWords: Set<String> = [
        "defina", "define", "diga", "explain", "explique", "fale", "mean", "means", "significa", "tell",
    ]
}

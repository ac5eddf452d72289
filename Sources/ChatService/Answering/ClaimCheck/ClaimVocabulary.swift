import Support

/// The words of one check: numbers for them, so that texts are compared without comparing strings, and which are names.
struct ClaimVocabulary: Sendable {
    private var numbers: [String: Int32] = [:]
    private var capitals: Set<Int32> = []
    private var smalls: Set<Int32> = []

    /// The word's number; a new word gets the next one.
    mutating func number(_ word: String) -> Int32 {
        if let known = numbers[word] { return known }
        let next = Int32(truncatingIfNeeded: numbers.count)
        numbers[word] = next
        return next
    }

    /// Takes down how a word is written where a capital letter would say something.
    mutating func note(_ word: Int32, isCapital: Bool) {
        if isCapital { capitals.insert(word) } else { smalls.insert(word) }
    }

    /// Whether a word is written with a capital letter within sentences, and never without.
    func isName(_ word: Int32) -> Bool { capitals.contains(word) && !smalls.contains(word) }

    /// Whether a word is also written without a capital letter.
    func isSmall(_ word: Int32) -> Bool { smalls.contains(word) }
}

import Support

/// The three-word sequences of a text, by which near-duplicates are told.
struct TextFingerprint {
    /// The share of a text that must be in the other, and how alike the two must be as sets (Jaccard).
    private static let containment = 0.9
    private static let resemblance = 0.8
    /// Words looked at; a chunk has some 200.
    private static let wordLimit = 2_000

    /// Ascending, each once: the numbers of three words in one.
    private let shingles: [UInt64]

    /// - Parameter words: the same for all texts that are held against each other.
    init(_ text: String, _ words: inout WordNumbers) {
        var numbers = Words.folded(text, limit: Self.wordLimit).map { words.number(of: $0) }
        // A shorter text is one sequence, which no longer one has.
        while numbers.count < 3 { numbers.append(0) }
        var all: [UInt64] = []
        all.reserveCapacity(numbers.count - 2)
        for start in 0...(numbers.count - 3) {
            let (first, second, third) = (numbers[start], numbers[start + 1], numbers[start + 2])
            all.append(first << (2 * WordNumbers.bits) | second << WordNumbers.bits | third)
        }
        all.sort()
        var shingles: [UInt64] = []
        shingles.reserveCapacity(all.count)
        for shingle in all where shingle != shingles.last { shingles.append(shingle) }
        self.shingles = shingles
    }

    /// Whether a reader of `other` learns next to nothing new from this text.
    func addsNothing(to other: TextFingerprint) -> Bool {
        let own = Double(shingles.count)
        // Too few to share what either share asks for.
        guard Double(other.shingles.count) >= min(Self.containment, Self.resemblance) * own else { return false }
        let shared = Double(count(sharedWith: other))
        let union = own + Double(other.shingles.count) - shared
        return shared >= Self.containment * own || shared >= Self.resemblance * union
    }

    private func count(sharedWith other: TextFingerprint) -> Int {
        var (left, right, shared) = (0, 0, 0)
        while left < shingles.count, right < other.shingles.count {
            let (one, two) = (shingles[left], other.shingles[right])
            if one == two { shared += 1 }
            if one <= two { left += 1 }
            if two <= one { right += 1 }
        }
        return shared
    }
}

/// Numbers for words, from 1, so that sequences of words are compared without a look at their letters.
struct WordNumbers {
    /// Bits of a number. Two million words are a hundred times what the chunks of a search have.
    fileprivate static let bits: UInt64 = 21

    private var numbers: [String: UInt64] = [:]

    /// A word's number; beyond the last one all words are one.
    fileprivate mutating func number(of word: String) -> UInt64 {
        if let number = numbers[word] { return number }
        guard numbers.count < 1 << Self.bits - 2 else { return 1 << Self.bits - 1 }
        let number = UInt64(numbers.count + 1)
        numbers[word] = number
        return number
    }
}

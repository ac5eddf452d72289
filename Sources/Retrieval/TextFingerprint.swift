import Support

/// The three-word sequences of a text, by which near-duplicates are told.
struct TextFingerprint {
    /// The share of a text that must be in the other, and how alike the two must be as sets (Jaccard).
    private static let containment = 0.9
    private static let resemblance = 0.8
    /// Words looked at; a chunk has some 200.
    private static let wordLimit = 2_000

    private let shingles: Set<[String]>

    init(_ text: String) {
        let words = Words.folded(text, limit: Self.wordLimit)
        if words.count < 3 {
            shingles = [words]
        } else {
            shingles = Set((0...(words.count - 3)).map { Array(words[$0..<($0 + 3)]) })
        }
    }

    /// Whether a reader of `other` learns next to nothing new from this text.
    func addsNothing(to other: TextFingerprint) -> Bool {
        let shared = Double(shingles.intersection(other.shingles).count)
        let union = Double(shingles.count + other.shingles.count) - shared
        return shared >= Self.containment * Double(shingles.count) || shared >= Self.resemblance * union
    }
}

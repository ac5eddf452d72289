/// A chunk that at least one search found.
struct Candidate: Sendable, Hashable {
    let id: Int64
    var similarity: Double?
    var lexicalScore: Double?
    /// The place among the nearest vectors, from 1; nil when it was not among them.
    var vectorRank: Int?
    /// The place among the best by words, from 1; nil when it was not among them.
    var lexicalRank: Int?
    /// How far the embedding model knows the text's language.
    var familiarity = Familiarity.full
}

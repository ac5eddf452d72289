import CourseStore

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

    /// Every chunk of both searches once, with both scores: the nearest first, then what only the words found.
    static func all(in hits: HybridHits) -> [Candidate] {
        var candidates = hits.nearest.enumerated().map { index, chunk in
            Candidate(
                id: chunk.id, similarity: Double(chunk.score),
                lexicalScore: Double(hits.lexical.scores[chunk.id] ?? 0), vectorRank: index + 1)
        }
        let positions = Dictionary(
            candidates.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        for (index, chunk) in hits.lexical.best.enumerated() {
            if let position = positions[chunk.id] {
                candidates[position].lexicalRank = index + 1
            } else {
                candidates.append(
                    Candidate(
                        id: chunk.id, similarity: Double(hits.similarities[chunk.id] ?? 0),
                        lexicalScore: Double(chunk.score), lexicalRank: index + 1))
            }
        }
        return candidates
    }
}

/// What a search looks at.
package enum SearchMode: String, Sendable, CaseIterable, Codable {
    /// Words and meaning together.
    case hybrid
    /// Meaning alone: the nearest vectors.
    case vector
    /// Words alone: BM25.
    case lexical
}

/// A chunk with its final score.
package struct RankedChunk: Sendable, Hashable {
    package let id: Int64
    package let score: Double
    package let similarity: Double?
    package let lexicalScore: Double?
}

import Embedding
import Support

/// A tiny embedder: each word adds to a few places that its hash chooses. Texts with words in common are similar; the
/// same text has the same vector on every machine.
package struct HashEmbedder: Embedder {
    package let space: EmbeddingSpace
    package let window = 254

    package init(dimension: Int = 64) {
        space = EmbeddingSpace(name: "hash", revision: "0000000000000001", dimension: dimension, pooling: "mean")
    }

    package func tokenCount(_ text: String) -> Int { text.split(whereSeparator: \.isWhitespace).count }

    package func embed(_ texts: [String], priority: EmbeddingPriority) async throws -> [Float] { texts.flatMap(vector) }

    private func vector(_ text: String) -> [Float] {
        var vector = [Float](repeating: 0, count: space.dimension)
        for word in text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
            // FNV-1a.
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            for byte in word.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            for shift in [0, 16, 32] {
                let place = Int((hash >> UInt64(shift)) % UInt64(space.dimension))
                vector[place] += (hash >> UInt64(shift + 13)) & 1 == 0 ? 1 : -1
            }
        }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length > 0 else {
            vector[0] = 1
            return vector
        }
        return vector.map { $0 / length }
    }
}

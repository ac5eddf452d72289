import Embedding
import Support

/// A small deterministic embedder: each folded word adds to one dimension, so that texts with common words are near.
struct WordEmbedder: Embedder {
    let space = EmbeddingSpace(name: "words", revision: "1", dimension: 128, pooling: "sum")
    let window = 1_000

    func tokenCount(_ text: String) -> Int { Words.folded(text).count }

    func embed(_ texts: [String], priority: EmbeddingPriority) async throws -> [Float] {
        texts.flatMap { text in
            var vector = [Float](repeating: 0.001, count: space.dimension)
            for word in Words.content(text) {
                // FNV-1a: the same in every run.
                let hash = word.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) {
                    ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3
                }
                vector[Int(hash % UInt64(space.dimension))] += 1
            }
            let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return vector.map { $0 / length }
        }
    }
}

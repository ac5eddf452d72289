import CourseStore
import Extraction
import Support

/// Looks a document up again, by what a question would find it by, before it takes its place in the course.
enum SelfCheck {
    /// The least cosine of a vector with itself.
    private static let sameness: Float = 0.99

    /// Before storing: one vector of the right length for each chunk.
    /// - Throws: `IngestError` `selfCheckFailed`.
    static func check(_ vectors: [Float], of chunks: [DocumentChunk], dimension: Int) throws(IngestError) {
        guard vectors.count == chunks.count * dimension else {
            throw .selfCheckFailed("\(chunks.count) chunks have \(vectors.count / max(dimension, 1)) vectors")
        }
        for start in stride(from: 0, to: vectors.count, by: dimension) {
            let square = vectors[start..<start + dimension].reduce(into: Float(0)) { $0 += $1 * $1 }
            guard abs(square - 1) < 0.01 else {
                throw .selfCheckFailed("a vector has the length \(square.squareRoot())")
            }
        }
    }

    /// After writing, before the course changes for anyone: what is there is what was meant, and three of its passages
    /// are found by their vectors and by their words.
    /// - Parameter chunks: at least one.
    /// - Throws: `IngestError` `selfCheckFailed`; what the store throws.
    static func check(
        _ written: UncommittedDocument, contentHash: String, _ chunks: [DocumentChunk], _ vectors: [Float]
    ) throws {
        guard let document = try written.document(), document.chunkCount == chunks.count,
            document.contentHash == contentHash
        else { throw IngestError.selfCheckFailed("the document is not in the course") }
        let dimension = vectors.count / chunks.count
        for ordinal in Set([0, chunks.count / 2, chunks.count - 1]).sorted() {
            guard let chunk = try written.chunk(ordinal), chunk.text == chunks[ordinal].text else {
                throw IngestError.selfCheckFailed("passage \(ordinal + 1) is missing")
            }
            let vector = Array(vectors[ordinal * dimension..<(ordinal + 1) * dimension])
            guard let own = try written.similarity(vector, chunkID: chunk.id), own >= sameness else {
                throw IngestError.selfCheckFailed("passage \(ordinal + 1) is not found by its meaning")
            }
            if let sentence = sentence(of: chunk.text), try !written.isFound(chunk.id, byWordsOf: sentence) {
                throw IngestError.selfCheckFailed("passage \(ordinal + 1) is not found by its words")
            }
        }
    }

    /// The longest of the first sentences that holds words to search for, if there is one.
    private static func sentence(of text: String) -> String? {
        let sentences = SentenceSplitter.sentences(in: text).prefix(8).map { String($0.prefix(500)) }
        let candidates = sentences.filter { sentence in
            Words.content(sentence, limit: 60).count { $0.utf8.count >= 4 && $0.utf8.allSatisfy { $0 < 0x80 } } >= 3
        }
        return candidates.max { $0.utf8.count < $1.utf8.count }
    }
}

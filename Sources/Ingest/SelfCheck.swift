import CourseStore
import Support

/// Looks a stored document up again, as a question would, before it counts as done.
struct SelfCheck: Sendable {
    let course: CourseFile

    /// The least cosine of a vector with itself, and with what a search for it brings first.
    private static let sameness: Float = 0.99

    /// Before storing: one vector of the right length for each chunk.
    /// - Throws: `IngestError` `selfCheckFailed`.
    func check(_ vectors: [Float], of chunks: [DocumentChunk]) throws(IngestError) {
        let dimension = course.space.dimension
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

    /// After storing: what is there is what was meant, and three of its passages are found by their vectors and by
    /// their words.
    func check(_ stored: Document, _ chunks: [DocumentChunk], _ vectors: [Float]) async throws {
        guard let document = try await course.document(id: stored.id), document.chunkCount == chunks.count,
            document.contentHash == stored.contentHash
        else { throw IngestError.selfCheckFailed("the document is not in the course") }
        let dimension = course.space.dimension
        for ordinal in Set([0, chunks.count / 2, chunks.count - 1]).sorted() {
            let found = try await course.chunks(documentID: stored.id, ordinals: ordinal...ordinal)
            guard let chunk = found.first, chunk.text == chunks[ordinal].text else {
                throw IngestError.selfCheckFailed("passage \(ordinal + 1) is missing")
            }
            let vector = Array(vectors[ordinal * dimension..<(ordinal + 1) * dimension])
            guard let own = try await course.similarities(vector, ids: [chunk.id])[chunk.id], own >= Self.sameness,
                let best = try await course.vectorSearch(vector, limit: 1).first, best.score >= Self.sameness
            else { throw IngestError.selfCheckFailed("passage \(ordinal + 1) is not found by its meaning") }
            if let sentence = Self.sentence(of: chunk.text) {
                let scores = try await course.lexicalScores(sentence, ids: [chunk.id])
                guard (scores[chunk.id] ?? 0) > 0 else {
                    throw IngestError.selfCheckFailed("passage \(ordinal + 1) is not found by its words")
                }
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

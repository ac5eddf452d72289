import CourseStore
import Extraction
import Support

/// Looks a document up again, by what a question would find it by, before it takes its place in the course.
struct SelfCheck: Sendable {
    /// The least cosine of a vector with itself.
    private static let sameness: Float = 0.99

    let chunks: [DocumentChunk]
    let dimension: Int
    /// The sentences that are to be found again.
    let probes: [ProbeSentence]
    /// What is to be found again when there is no sentence.
    let word: ProbeWord?

    /// - Parameter chunks: at least one.
    init(chunks: [DocumentChunk], dimension: Int) {
        self.chunks = chunks
        self.dimension = dimension
        let texts = chunks.map(\.text)
        probes = ProbeSentence.choose(from: texts)
        word = probes.isEmpty ? ProbeWord.choose(from: texts) : nil
    }

    /// Before storing: one vector of the right length for each chunk.
    /// - Throws: `IngestError` `selfCheckFailed`.
    func check(_ vectors: [Float]) throws(IngestError) {
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

    /// After writing, before the course changes for anyone: what is there is what was meant, passages of its beginning,
    /// middle and end have their vectors, and the probe sentences are found by a search.
    /// - Throws: `IngestError` `selfCheckFailed`; what the store throws.
    func check(
        _ written: UncommittedDocument, contentHash: String, _ vectors: [Float]
    ) throws -> DocumentReport.SelfCheck {
        guard let document = try written.document(), document.chunkCount == chunks.count,
            document.contentHash == contentHash
        else { throw IngestError.selfCheckFailed("the document is not in the course") }
        for ordinal in Set([0, chunks.count / 2, chunks.count - 1]).sorted() {
            guard let chunk = try written.chunk(ordinal), chunk.text == chunks[ordinal].text else {
                throw IngestError.selfCheckFailed("passage \(ordinal + 1) is missing")
            }
            let vector = Array(vectors[ordinal * dimension..<(ordinal + 1) * dimension])
            guard let own = try written.similarity(vector, chunkID: chunk.id), own >= Self.sameness else {
                throw IngestError.selfCheckFailed("passage \(ordinal + 1) is not found by its meaning")
            }
        }
        for probe in probes {
            guard try written.isFound(probe.text, inChunk: probe.chunk) else {
                throw IngestError.selfCheckFailed("passage \(probe.chunk + 1) is not found by its words")
            }
        }
        let count = probes.isEmpty ? try checkWithoutSentence(written, vectors) : probes.count
        return DocumentReport.SelfCheck(sentences: count, found: count)
    }

    /// A passage must be the nearest to its own meaning, and hold its word for the search, if it has one.
    /// - Returns: the number of words looked for.
    private func checkWithoutSentence(_ written: UncommittedDocument, _ vectors: [Float]) throws -> Int {
        let ordinal = word?.chunk ?? 0
        let vector = Array(vectors[ordinal * dimension..<(ordinal + 1) * dimension])
        guard try written.isNearest(to: vector, ordinal) else {
            throw IngestError.selfCheckFailed("passage \(ordinal + 1) is not the nearest to its own meaning")
        }
        guard let word else { return 0 }
        guard try written.holds(word.text, inChunk: ordinal) else {
            throw IngestError.selfCheckFailed("passage \(ordinal + 1) is not found by its words")
        }
        return 1
    }
}

import Support

/// The port behind which texts become vectors.
package protocol Embedder: Sendable {
    /// The space of the vectors; written into every course file and checked when one is opened.
    var space: EmbeddingSpace { get }

    /// The most word pieces of one text that reach its vector, special tokens not counted. What is longer is cut off
    /// by `embed`; the chunker never makes such a text.
    var window: Int { get }

    /// Word pieces in `text`, special tokens not counted. Cheap: no inference.
    func tokenCount(_ text: String) -> Int

    /// The vectors of `texts`, unit length, one after another: `texts.count * space.dimension` floats.
    ///
    /// Runs off the cooperative pool. Texts of any number and order; the work is batched inside.
    /// - Throws: `CancellationError`; `EmbeddingError` when inference is impossible.
    func embed(_ texts: [String], priority: EmbeddingPriority) async throws -> [Float]
}

extension Embedder {
    /// The vectors of what somebody waits for.
    package func embed(_ texts: [String]) async throws -> [Float] {
        try await embed(texts, priority: .interactive)
    }
}

/// Whose vectors come first.
package enum EmbeddingPriority: Sendable {
    /// Somebody waits for the answer: before all that is in the background.
    case interactive
    /// A document on its way into a course.
    case background
}

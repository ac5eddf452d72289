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

    /// The vectors of passages, unit length, one after another: `texts.count * space.dimension` floats.
    ///
    /// Runs off the cooperative pool. Texts of any number and order; the work is batched inside.
    /// - Throws: `CancellationError`; `EmbeddingError` when inference is impossible.
    func embed(_ texts: [String], priority: EmbeddingPriority) async throws -> [Float]

    /// The same for texts of which the model is told what they are for: some models want a word before each.
    func embed(_ texts: [String], as role: EmbeddingRole, priority: EmbeddingPriority) async throws -> [Float]
}

extension Embedder {
    /// For models that make no difference.
    package func embed(
        _ texts: [String], as role: EmbeddingRole, priority: EmbeddingPriority
    ) async throws -> [Float] {
        try await embed(texts, priority: priority)
    }

    /// The vector of a question that somebody waits for.
    package func embed(query: String) async throws -> [Float] {
        try await embed([query], as: .query, priority: .interactive)
    }

    /// The vectors of what somebody waits for.
    package func embed(_ texts: [String]) async throws -> [Float] {
        try await embed(texts, priority: .interactive)
    }
}

/// What a text is to be found by, or to find.
package enum EmbeddingRole: Sendable {
    case query
    case passage
}

/// Whose vectors come first.
package enum EmbeddingPriority: Sendable {
    /// Somebody waits for the answer: before all that is in the background.
    case interactive
    /// Somebody waits, but sees something already: after every question.
    case patient
    /// A document on its way into a course.
    case background
}

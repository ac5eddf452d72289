import Embedding
import FoundationEssentials
import Support

/// The real embedding model, loaded once for all tests. They need it: scripts/setup fetches it.
enum Model {
    static let folder =
        ProcessInfo.processInfo.environment["GEPETO_MODEL_DIR"] ?? Fixture.folder + "/../../../models/all-MiniLM-L6-v2"

    static let shared: Result<SentenceEmbedder, any Error> = Result { try SentenceEmbedder(modelFolder: folder) }

    static func embedder() throws -> SentenceEmbedder { try shared.get() }
}

/// An embedder that does what a test says before it answers with the real one's vectors, or with its own.
struct ScriptedEmbedder: Embedder {
    let model: SentenceEmbedder
    /// Called with the texts before each batch.
    let before: @Sendable ([String]) async throws -> Void
    let change: @Sendable ([Float]) -> [Float]

    init(
        before: @escaping @Sendable ([String]) async throws -> Void = { _ in },
        change: @escaping @Sendable ([Float]) -> [Float] = { $0 }
    ) throws {
        model = try Model.embedder()
        self.before = before
        self.change = change
    }

    var space: EmbeddingSpace { model.space }
    var window: Int { model.window }
    func tokenCount(_ text: String) -> Int { model.tokenCount(text) }

    func embed(_ texts: [String], priority: EmbeddingPriority) async throws -> [Float] {
        try await before(texts)
        return change(try await model.embed(texts, priority: priority))
    }
}

import Glibc
import Support

/// Sentence vectors by a BERT or XLM-RoBERTa encoder in the Hugging Face layout, computed in this process.
///
/// Its threads are its own; the caller's task only waits. They share one model and end with this object, after what
/// was asked of it.
package final class SentenceEmbedder: Embedder {
    package let space: EmbeddingSpace
    package let window: Int
    /// The instructions in use.
    package let level: KernelLevel

    private let tokenizer: any TextTokenizer
    private let prompts: ModelFolder.Prompts
    private let queue: BatchQueue

    /// Reads and packs the model; takes some hundredths of a second and must not run on the cooperative pool.
    /// - Parameters:
    ///   - modelFolder: with config.json, model.safetensors and vocab.txt or tokenizer.json.
    ///   - threads: as many as the machine has cores when nil. Each has up to 8 MiB of its own.
    ///   - level: for tests; the best of this processor when nil.
    /// - Throws: `EmbeddingError`, with a sentence that says what to do.
    package init(modelFolder: String, threads: Int? = nil, level: KernelLevel? = nil) throws {
        let folder = try ModelFolder(path: modelFolder)
        tokenizer = try folder.tokenizer()
        let weights = try Safetensors(path: folder.weights)
        // Before the packing, and its pages given back: the two never fill the memory together.
        let revision = WeightsRevision.of(weights.file)
        weights.file.releasePages()
        self.level = level ?? .best
        let model = try BertModel(weights: weights, shape: folder.shape, level: self.level)

        prompts = folder.prompts
        window = try Self.window(folder, tokenizer)
        space = EmbeddingSpace(
            name: folder.name, revision: revision, dimension: folder.shape.hidden,
            pooling: folder.pooling.rawValue + folder.prompts.mark)
        queue = BatchQueue(window: folder.longest - tokenizer.frame.count)
        let count = max(1, threads ?? sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        do {
            for _ in 0..<count {
                try InferenceThread(queue: queue, tokenizer: tokenizer, model: model, folder: folder).start()
            }
        } catch {
            queue.stop()
            throw error
        }
    }

    deinit { queue.stop() }

    /// What is left of the model's own length: less the tokens around a text, and less the longer prompt.
    private static func window(_ folder: ModelFolder, _ tokenizer: any TextTokenizer) throws -> Int {
        let prompt = max(tokenizer.count(folder.prompts.query), tokenizer.count(folder.prompts.passage))
        let window = folder.longest - tokenizer.frame.count - prompt
        guard window > 0 else {
            throw EmbeddingError(
                .unsupportedModel, path: folder.path, "its max_seq_length \(folder.longest) leaves room for no text")
        }
        return window
    }

    package func tokenCount(_ text: String) -> Int { tokenizer.count(text) }

    package func embed(_ texts: [String], priority: EmbeddingPriority) async throws -> [Float] {
        try await embed(texts, as: .passage, priority: priority)
    }

    package func embed(
        _ texts: [String], as role: EmbeddingRole, priority: EmbeddingPriority
    ) async throws -> [Float] {
        let prompt = role == .query ? prompts.query : prompts.passage
        return try await vectors(of: prompt.isEmpty ? texts : texts.map { prompt + $0 }, priority)
    }

    private func vectors(of texts: [String], _ priority: EmbeddingPriority) async throws -> [Float] {
        try Task.checkCancellation()
        guard !texts.isEmpty else { return [] }
        let request = EmbeddingRequest(texts: texts, dimension: space.dimension, priority: priority)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                request.begin(waiter)
                do {
                    try queue.add(request)
                } catch {
                    request.fail(error)
                }
            }
        } onCancel: {
            request.fail(CancellationError())
            queue.remove(request)
        }
    }
}

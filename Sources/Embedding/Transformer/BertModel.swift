import CKernels

/// The weights of a BERT or XLM-RoBERTa encoder, packed for one level of the kernels; shared by all threads.
///
/// Matrices are packed into memory of their own; embeddings, norms and their like are used where they lie in the file.
///
/// Unchecked Sendable: nothing is written after `init`, and all that is pointed to lives as long as this object.
final class BertModel: @unchecked Sendable {
    struct Norm {
        let gamma: UnsafePointer<Float>
        let beta: UnsafePointer<Float>
    }

    /// Matrices map [rows][inputs] to [rows][outputs].
    struct Layer {
        /// Queries, keys and values side by side; queries already times log2(e) / sqrt(head size), as the kernel wants.
        let mixed: kernels_linear
        let output: kernels_linear
        let up: kernels_linear
        let down: kernels_linear
        let attentionNorm: Norm
        let outputNorm: Norm
    }

    let shape: ModelFolder.Shape
    let level: KernelLevel
    /// [vocabulary][hidden]
    let words: UnsafePointer<Float>
    /// [positions][hidden], from that of a text's first token.
    let positions: UnsafePointer<Float>
    /// [hidden]: the embedding of token type 0, which all tokens have.
    let type: UnsafePointer<Float>
    let norm: Norm
    let layers: [Layer]

    private let weights: Safetensors
    private let memory: AlignedMemory

    /// - Throws: `EmbeddingError` when a tensor is missing or of another shape than config.json says.
    init(weights: Safetensors, shape: ModelFolder.Shape, level: KernelLevel) throws {
        self.weights = weights
        self.shape = shape
        self.level = level
        let hidden = shape.hidden
        // A model saved as part of a larger one has its name before each tensor.
        let prefix =
            ["bert.", "roberta."].first { weights.tensors[$0 + "embeddings.word_embeddings.weight"] != nil } ?? ""
        let tensors = Reader(weights: weights, prefix: prefix, hidden: hidden)
        words = try tensors.floats("embeddings.word_embeddings.weight", [shape.vocabulary, hidden])
        positions =
            try tensors.floats(
                "embeddings.position_embeddings.weight", [shape.firstPosition + shape.positions, hidden])
            + shape.firstPosition * hidden
        type = try tensors.floats("embeddings.token_type_embeddings.weight", [shape.types, hidden])
        norm = try tensors.norm("embeddings.LayerNorm")

        let sizes = [
            (3 * hidden, hidden), (hidden, hidden), (shape.intermediate, hidden), (hidden, shape.intermediate),
        ]
        let layerBytes = sizes.map { Self.packedBytes(level, outputs: $0, inputs: $1) }.reduce(0, +)
        memory = try AlignedMemory(byteCount: layerBytes * shape.layers)
        var packer = Packer(level: level, tensors: tensors, next: memory.start)
        let queryScale = 1.442_695_040_888_963_4 / Double(shape.headSize).squareRoot()
        layers = try (0..<shape.layers).map { number in
            let layer = "encoder.layer.\(number)."
            let attention = layer + "attention.self."
            return Layer(
                mixed: try packer.pack(
                    [(attention + "query", Float(queryScale)), (attention + "key", 1), (attention + "value", 1)],
                    outputs: hidden, inputs: hidden),
                output: try packer.pack([(layer + "attention.output.dense", 1)], outputs: hidden, inputs: hidden),
                up: try packer.pack(
                    [(layer + "intermediate.dense", 1)], outputs: shape.intermediate, inputs: hidden),
                down: try packer.pack([(layer + "output.dense", 1)], outputs: hidden, inputs: shape.intermediate),
                attentionNorm: try tensors.norm(layer + "attention.output.LayerNorm"),
                outputNorm: try tensors.norm(layer + "output.LayerNorm"))
        }
        weights.file.releasePages()
    }

    /// On whole cache lines, so that each matrix begins on one.
    private static func packedBytes(_ level: KernelLevel, outputs: Int, inputs: Int) -> Int {
        (kernels_packed_bytes(level.rawValue, outputs, inputs) + 63) & ~63
    }

    private struct Reader {
        let weights: Safetensors
        let prefix: String
        let hidden: Int

        func floats(_ name: String, _ shape: [Int]) throws -> UnsafePointer<Float> {
            try weights.floats(prefix + name, shape: shape)
        }

        func norm(_ name: String) throws -> Norm {
            Norm(gamma: try floats(name + ".weight", [hidden]), beta: try floats(name + ".bias", [hidden]))
        }
    }

    private struct Packer {
        let level: KernelLevel
        let tensors: Reader
        var next: UnsafeMutableRawPointer

        /// Matrices of the same shape, one below the other, as one.
        mutating func pack(_ parts: [(name: String, scale: Float)], outputs: Int, inputs: Int) throws -> kernels_linear
        {
            for (number, part) in parts.enumerated() {
                kernels_pack(
                    level.rawValue, try tensors.floats(part.name + ".weight", [outputs, inputs]),
                    try tensors.floats(part.name + ".bias", [outputs]), outputs, inputs, part.scale, number * outputs,
                    next)
            }
            defer { next += BertModel.packedBytes(level, outputs: outputs * parts.count, inputs: inputs) }
            return kernels_linear(outputs: outputs * parts.count, inputs: inputs, packed: next)
        }
    }
}

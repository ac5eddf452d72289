import CKernels

/// The encoder's computation, with the memory for one batch of it: one a thread.
///
/// Sequences are packed: the rows of all tokens one after another, without padding. Products run over all rows at
/// once, attention over each sequence by itself.
///
/// Unchecked Sendable: a pass is handed to one thread and used by that thread only.
final class ForwardPass: @unchecked Sendable {
    private let model: BertModel
    private let pooling: ModelFolder.Pooling
    /// Tokens in a batch, at most.
    let capacity: Int

    private let memory: AlignedMemory
    /// [rows][stride] floats: what runs through the layers.
    private let stream: UnsafeMutablePointer<Float>
    /// From one row of the stream to the next.
    private let stride: Int
    /// [rows][stride]: the stream in the level's own numbers; the stream itself where these are floats.
    private let input: UnsafeMutableRawPointer
    /// [rows] of queries, keys and values and of what attention makes of them; after that [rows][intermediate], in the
    /// same place. In the level's own numbers.
    private let inner: UnsafeMutableRawPointer
    private let scratch: UnsafeMutablePointer<Float>

    /// - Throws: `EmbeddingError` of kind `outOfMemory`.
    init(model: BertModel, pooling: ModelFolder.Pooling, capacity: Int) throws {
        self.model = model
        self.pooling = pooling
        self.capacity = capacity
        let shape = model.shape
        let level = model.level
        stride = level.row(shape.hidden)
        let streamBytes = capacity * stride * MemoryLayout<Float>.stride
        let inputBytes = level.numberBytes == MemoryLayout<Float>.stride ? 0 : capacity * stride * level.numberBytes
        let widest = max(level.row(3 * shape.hidden) + stride, level.row(shape.intermediate))
        let innerBytes = capacity * widest * level.numberBytes
        let longest = min(capacity, shape.positions)
        let scratchCount = kernels_attention_scratch(level.rawValue, longest, shape.headSize)
        let scratchBytes = scratchCount * MemoryLayout<Float>.stride
        // Each part on whole cache lines.
        let sizes = [streamBytes, inputBytes, innerBytes, scratchBytes].map { ($0 + 63) & ~63 }
        memory = try AlignedMemory(byteCount: sizes.reduce(0, +))
        stream = memory.start.bindMemory(to: Float.self, capacity: sizes[0] / MemoryLayout<Float>.stride)
        input = inputBytes > 0 ? memory.start + sizes[0] : memory.start
        inner = memory.start + sizes[0] + sizes[1]
        scratch = (inner + sizes[2]).bindMemory(to: Float.self, capacity: scratchCount)
    }

    /// The vectors of sequences of ids, each with its special tokens, unit length: `lengths.count * hidden` floats.
    /// - Parameters:
    ///   - ids: those of all sequences, one after another; at most `capacity`, each below the vocabulary's size.
    ///   - lengths: of the sequences, each from 1 to the model's positions.
    ///   - betweenLayers: called between one layer and the next; true ends the pass, which then returns nil.
    func vectors(ids: [Int32], lengths: [Int], betweenLayers: () -> Bool) -> [Float]? {
        precondition(
            ids.count <= capacity && lengths.reduce(0, +) == ids.count, "\(ids.count) tokens do not fit the pass")
        let level = model.level.rawValue
        let shape = model.shape
        let rows = ids.count
        let mixedStride = model.level.row(3 * shape.hidden)
        let innerStride = model.level.row(shape.intermediate)
        let bytes = model.level.numberBytes
        embed(ids, lengths)
        for layer in model.layers {
            if betweenLayers() { return nil }
            let attended = inner + rows * mixedStride * bytes
            apply(layer.mixed, to: input, stride, rows, KERNELS_STORE, inner, mixedStride)
            var row = 0
            for length in lengths {
                kernels_attention(
                    level, inner + row * mixedStride * bytes, mixedStride, length, shape.heads, shape.headSize,
                    attended + row * stride * bytes, stride, scratch)
                row += length
            }
            apply(layer.output, to: attended, stride, rows, KERNELS_ADD, stream, stride)
            normalize(rows, layer.attentionNorm)
            apply(layer.up, to: input, stride, rows, shape.activation.kernel, inner, innerStride)
            apply(layer.down, to: inner, innerStride, rows, KERNELS_ADD, stream, stride)
            normalize(rows, layer.outputNorm)
        }
        return pool(lengths)
    }

    private func embed(_ ids: [Int32], _ lengths: [Int]) {
        let hidden = model.shape.hidden
        var row = 0
        for length in lengths {
            kernels_embed(
                model.level.rawValue, Array(ids[row..<row + length]), length, hidden, model.words, model.positions,
                model.type, stream + row * stride, stride)
            row += length
        }
        normalize(row, model.norm)
    }

    private func apply(
        _ linear: kernels_linear, to x: UnsafeRawPointer, _ xStride: Int, _ rows: Int, _ then: some BinaryInteger,
        _ y: UnsafeMutableRawPointer, _ yStride: Int
    ) {
        withUnsafePointer(to: linear) {
            kernels_linear_apply(model.level.rawValue, $0, x, xStride, rows, Int32(then), y, yStride)
        }
    }

    private func normalize(_ rows: Int, _ norm: BertModel.Norm) {
        kernels_layer_norm(
            model.level.rawValue, stream, stride, rows, model.shape.hidden, norm.gamma, norm.beta,
            model.shape.epsilon, input)
    }

    private func pool(_ lengths: [Int]) -> [Float] {
        let hidden = model.shape.hidden
        return [Float](unsafeUninitializedCapacity: lengths.count * hidden) { vectors, count in
            count = lengths.count * hidden
            guard var vector = vectors.baseAddress else { return }
            var row = 0
            for length in lengths {
                kernels_mean_unit(
                    model.level.rawValue, stream + row * stride, stride, pooling == .cls ? 1 : length, hidden, vector)
                row += length
                vector += hidden
            }
        }
    }
}

import CKernels

/// The encoder's computation, with the memory for one batch of it: one a thread.
///
/// Sequences are packed: the rows of all tokens one after another, without padding. Products run over all rows at
/// once, attention over each sequence by itself.
///
/// Unchecked Sendable: a pass is handed to one thread and used by that thread only.
final class ForwardPass: @unchecked Sendable {
    private let model: BertModel
    /// Tokens in a batch, at most.
    let capacity: Int

    private let memory: AlignedMemory
    /// [rows][hidden]: what runs through the layers.
    private let stream: UnsafeMutablePointer<Float>
    /// [rows][3 * hidden] and [rows][hidden] during attention; [rows][intermediate] afterwards, in the same place.
    private let inner: UnsafeMutablePointer<Float>
    private let scratch: UnsafeMutablePointer<Float>

    /// - Throws: `EmbeddingError` of kind `outOfMemory`.
    init(model: BertModel, capacity: Int) throws {
        self.model = model
        self.capacity = capacity
        let shape = model.shape
        let streamCount = capacity * shape.hidden
        let innerCount = capacity * max(4 * shape.hidden, shape.intermediate)
        let longest = min(capacity, shape.positions)
        let scratchCount = kernels_attention_scratch(model.level.rawValue, longest, shape.headSize)
        memory = try AlignedMemory(byteCount: (streamCount + innerCount + scratchCount) * MemoryLayout<Float>.stride)
        stream = memory.start.bindMemory(to: Float.self, capacity: streamCount + innerCount + scratchCount)
        inner = stream + streamCount
        scratch = inner + innerCount
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
        let hidden = shape.hidden
        embed(ids, lengths)
        for layer in model.layers {
            if betweenLayers() { return nil }
            let attended = inner + rows * 3 * hidden
            withUnsafePointer(to: layer.mixed) {
                kernels_linear_apply(
                    level, $0, stream, hidden, rows, Int32(KERNELS_STORE), inner, 3 * hidden)
            }
            var row = 0
            for length in lengths {
                kernels_attention(
                    level, inner + row * 3 * hidden, 3 * hidden, length, shape.heads, shape.headSize,
                    attended + row * hidden, hidden, scratch)
                row += length
            }
            add(layer.output, of: attended, width: hidden, rows: rows, then: layer.attentionNorm)
            withUnsafePointer(to: layer.up) {
                kernels_linear_apply(
                    level, $0, stream, hidden, rows, Int32(KERNELS_GELU), inner, shape.intermediate)
            }
            add(layer.down, of: inner, width: shape.intermediate, rows: rows, then: layer.outputNorm)
        }
        return pool(lengths)
    }

    private func embed(_ ids: [Int32], _ lengths: [Int]) {
        let hidden = model.shape.hidden
        var row = 0
        for length in lengths {
            kernels_embed(
                model.level.rawValue, Array(ids[row..<row + length]), length, hidden, model.words, model.positions,
                model.type, stream + row * hidden)
            row += length
        }
        kernels_layer_norm(
            model.level.rawValue, stream, row, hidden, model.norm.gamma, model.norm.beta, model.shape.epsilon)
    }

    /// stream = norm(stream + linear(input))
    private func add(
        _ linear: kernels_linear, of input: UnsafePointer<Float>, width: Int, rows: Int, then norm: BertModel.Norm
    ) {
        let level = model.level.rawValue
        let hidden = model.shape.hidden
        withUnsafePointer(to: linear) {
            kernels_linear_apply(level, $0, input, width, rows, Int32(KERNELS_ADD), stream, hidden)
        }
        kernels_layer_norm(level, stream, rows, hidden, norm.gamma, norm.beta, model.shape.epsilon)
    }

    private func pool(_ lengths: [Int]) -> [Float] {
        let hidden = model.shape.hidden
        return [Float](unsafeUninitializedCapacity: lengths.count * hidden) { vectors, count in
            count = lengths.count * hidden
            guard var vector = vectors.baseAddress else { return }
            var row = 0
            for length in lengths {
                kernels_mean_unit(model.level.rawValue, stream + row * hidden, length, hidden, vector)
                row += length
                vector += hidden
            }
        }
    }
}

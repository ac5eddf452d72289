import CKernels
import Glibc

/// A thread that turns batches into vectors until their queue is stopped.
///
/// Two passes: while a long batch is computed, questions that arrive are answered between two of its layers, with the
/// memory of the other pass. A question so waits for one layer of 512 tokens: some 15 ms with AVX-512, on one core.
///
/// Unchecked Sendable: handed to its thread once, and used by that thread only.
final class InferenceThread: @unchecked Sendable {
    private let queue: BatchQueue
    private let tokenizer: any TextTokenizer
    private let window: Int
    private let dimension: Int
    private let long: ForwardPass
    private let short: ForwardPass
    private let path: String

    init(queue: BatchQueue, tokenizer: any TextTokenizer, model: BertModel, folder: ModelFolder) throws {
        self.queue = queue
        self.tokenizer = tokenizer
        window = folder.longest - tokenizer.frame.count
        dimension = folder.shape.hidden
        path = folder.weights
        // A batch is cut by an estimate; what is up to a quarter longer still goes through in one pass.
        long = try ForwardPass(
            model: model, pooling: folder.pooling, capacity: max(BatchQueue.batchTokens * 5 / 4, folder.longest))
        short = try ForwardPass(model: model, pooling: folder.pooling, capacity: folder.longest)
    }

    /// - Throws: `EmbeddingError` when the system has no more threads.
    func start() throws {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let this = Unmanaged.passRetained(self)
        let failure = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                let this = Unmanaged<InferenceThread>.fromOpaque(argument).takeRetainedValue()
                while let batch = this.queue.next() { this.run(batch, in: this.long, mayPause: true) }
                return nil
            }, this.toOpaque())
        guard failure == 0 else {
            this.release()
            throw EmbeddingError(.outOfMemory, "the system gives no more threads")
        }
    }

    private func run(_ batch: BatchQueue.Batch, in pass: ForwardPass, mayPause: Bool) {
        let request = batch.request
        guard !request.isOver else { return }
        var ids: [Int32] = []
        let lengths = batch.range.map { index in
            let before = ids.count
            ids += tokenizer.frame.start
            tokenizer.append(request.texts[index], limit: window, to: &ids)
            ids += tokenizer.frame.end
            return ids.count - before
        }
        var text = 0
        var token = 0
        for count in Self.passes(lengths, capacity: pass.capacity) {
            let some = Array(lengths[text..<text + count])
            let end = token + some.reduce(0, +)
            let vectors = pass.vectors(ids: Array(ids[token..<end]), lengths: some) {
                // So many at most that a stream of questions does not hold the batch for ever.
                for _ in 0..<(mayPause ? BatchQueue.patience : 0) {
                    guard let question = queue.nextShort(before: batch) else { break }
                    run(question, in: short, mayPause: false)
                }
                return request.isOver
            }
            guard let vectors else { return }
            guard areUnit(vectors) else {
                return request.fail(EmbeddingError(.notFinite, path: path, "a vector has no length of 1"))
            }
            request.deliver(vectors, at: batch.range.lowerBound + text)
            text += count
            token = end
        }
    }

    /// How many sequences go into each pass: all in one if they fit, else shared out about evenly.
    static func passes(_ lengths: [Int], capacity: Int) -> [Int] {
        let total = lengths.reduce(0, +)
        let number = (total + capacity - 1) / capacity
        let share = number > 0 ? (total + number - 1) / number : 0
        var passes: [Int] = []
        var rows = 0
        for length in lengths {
            if let last = passes.indices.last, rows < share, rows + length <= capacity {
                passes[last] += 1
                rows += length
            } else {
                passes.append(1)
                rows = length
            }
        }
        return passes
    }

    private func areUnit(_ vectors: [Float]) -> Bool {
        vectors.withUnsafeBufferPointer { vectors in
            stride(from: 0, to: vectors.count, by: dimension).allSatisfy { start in
                guard let vector = vectors.baseAddress.map({ $0 + start }) else { return false }
                var square: Float = 0
                kernels_dot_scan(vector, vector, 1, dimension, &square)
                return abs(square - 1) < 1e-3
            }
        }
    }
}

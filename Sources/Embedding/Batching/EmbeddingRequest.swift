import Support

/// One call of `embed`: its texts, the vectors so far, and who waits for them.
final class EmbeddingRequest: Sendable {
    let texts: [String]
    let priority: EmbeddingPriority
    private let dimension: Int

    private struct State {
        var vectors: [Float] = []
        /// Texts without a vector.
        var missing: Int
        var waiter: CheckedContinuation<[Float], any Error>?
        var isOver = false
    }

    private let state: Locked<State>

    init(texts: [String], dimension: Int, priority: EmbeddingPriority = .interactive) {
        self.texts = texts
        self.priority = priority
        self.dimension = dimension
        state = Locked(State(missing: texts.count))
    }

    /// Nobody waits any more: all vectors are there, or it failed or was cancelled.
    var isOver: Bool { state.withLock { $0.isOver } }

    /// Called once. Resumes `waiter` at once when the request is over already.
    func begin(_ waiter: CheckedContinuation<[Float], any Error>) {
        let isOver = state.withLock { state in
            if !state.isOver {
                state.waiter = waiter
                state.vectors = [Float](repeating: 0, count: texts.count * dimension)
            }
            return state.isOver
        }
        if isOver { waiter.resume(throwing: CancellationError()) }
    }

    /// Takes the vectors of `texts[place...]`, as many as there are.
    func deliver(_ vectors: [Float], at place: Int) {
        let finished = state.withLock { state -> (CheckedContinuation<[Float], any Error>?, [Float])? in
            guard !state.isOver else { return nil }
            let start = place * dimension
            state.vectors.replaceSubrange(start..<start + vectors.count, with: vectors)
            state.missing -= vectors.count / dimension
            guard state.missing == 0 else { return nil }
            state.isOver = true
            defer { state.waiter = nil }
            return (state.waiter, state.vectors)
        }
        if let (waiter, vectors) = finished { waiter?.resume(returning: vectors) }
    }

    /// Ends the request; later calls do nothing.
    func fail(_ error: any Error) {
        let waiter = state.withLock { state in
            state.isOver = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(throwing: error)
    }
}

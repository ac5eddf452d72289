import CKernels

/// What the search of a window works with. Of one search, so of one thread.
final class LexicalWindow {
    private let level = CodeLevel.used.rawValue
    private let space: postings_space

    init() {
        let size = ChunkLengths.blockSize
        space = postings_space(
            sums: .allocate(capacity: size), touched: .allocate(capacity: size + 1), places: .allocate(capacity: size),
            scores: .allocate(capacity: size))
        space.sums.initialize(repeating: 0, count: size)
    }

    deinit {
        space.sums.deallocate()
        space.touched.deallocate()
        space.places.deallocate()
        space.scores.deallocate()
    }

    /// Gives the chunks of a window whose scores are positive and reach `threshold` to `body`, each by its place.
    /// - Parameter runs: by ascending bound.
    @inline(__always)
    func search(
        _ runs: UnsafeBufferPointer<postings_run>, _ norm: postings_norm, from threshold: Double,
        _ body: (UInt32, Float) -> Void
    ) {
        let count = postings_search(level, runs.baseAddress, runs.count, norm, threshold, space)
        for number in 0..<count { body(UInt32(space.places[number]), Float(space.scores[number])) }
    }
}

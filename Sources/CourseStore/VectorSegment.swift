import CKernels

/// Some of a course's vectors in memory, by ascending id. A value that many generations of a `VectorMatrix` share.
struct VectorSegment: Sendable {
    /// Rows of a full segment: few enough that copying one costs next to nothing, enough that a scan does not notice.
    static let capacity = 4096

    let dimension: Int
    private(set) var ids: [Int64] = []
    /// [ids.count][dimension]
    private var rows: [Float] = []

    init(dimension: Int) { self.dimension = dimension }

    var isFull: Bool { ids.count >= Self.capacity }

    mutating func append(_ id: Int64, _ bytes: UnsafeRawBufferPointer) {
        let start = rows.count
        rows.append(contentsOf: repeatElement(0, count: dimension))
        // What SQLite hands out need not lie on the border of a float.
        rows.withUnsafeMutableBytes { rows in
            UnsafeMutableRawBufferPointer(rebasing: rows[(start * MemoryLayout<Float>.size)...]).copyMemory(from: bytes)
        }
        ids.append(id)
    }

    mutating func append(_ row: Int, of other: VectorSegment) {
        ids.append(other.ids[row])
        rows += other.rows[(row * dimension)..<((row + 1) * dimension)]
    }

    /// The dot products of all its vectors with `query`.
    func scores(_ query: [Float]) -> [Float] {
        var scores = [Float](repeating: 0, count: ids.count)
        kernels_dot_scan(query, rows, ids.count, dimension, &scores)
        return scores
    }

    /// Adds its vectors to the best by dot product with `query`.
    func add(to best: inout BestScores, _ query: [Float]) {
        for (id, score) in zip(ids, scores(query)) {
            if let threshold = best.threshold, score < threshold { continue }
            best.insert(ScoredChunk(id: id, score: score))
        }
    }
}

import CKernels

/// Centres of lists, and which of them a vector is nearest to.
struct ListCentres: Sendable {
    /// Vectors that are held against all centres at once: as many as the first-level cache holds of 384 floats.
    static let batch = 24

    let dimension: Int
    /// One after another.
    private(set) var floats: [Float]
    /// Half of the squared length of each.
    private var halves: [Float] = []

    init(_ floats: [Float], dimension: Int) {
        self.dimension = dimension
        self.floats = floats
        measure()
    }

    var count: Int { halves.count }

    /// The number of the nearest centre to each of `rows`, at most `batch` vectors.
    /// - Parameter scores: scratch.
    func nearest(to rows: UnsafeBufferPointer<Float>, _ scores: inout [Float]) -> [Int] {
        let rowCount = rows.count / dimension
        var best = [Float](repeating: -.infinity, count: rowCount)
        var nearest = [Int](repeating: 0, count: rowCount)
        if scores.count < rowCount { scores = [Float](repeating: 0, count: rowCount) }
        floats.withUnsafeBufferPointer { floats in
            guard let start = floats.baseAddress else { return }
            for (index, half) in halves.enumerated() {
                kernels_dot_scan(start + index * dimension, rows.baseAddress, rowCount, dimension, &scores)
                for row in 0..<rowCount where scores[row] - half > best[row] {
                    best[row] = scores[row] - half
                    nearest[row] = index
                }
            }
        }
        return nearest
    }

    /// The products of all centres with `query`.
    func products(_ query: [Float]) -> [Float] {
        var products = [Float](repeating: 0, count: count)
        kernels_dot_scan(query, floats, count, dimension, &products)
        return products
    }

    /// Moves the centres towards the middle of the sample's vectors that are nearest to each (k-means, Lloyd 1982). A
    /// centre that is nearest to none stays.
    /// - Parameters:
    ///   - sample: vectors, one after another.
    ///   - check: called between parts of some milliseconds; what it throws ends it.
    mutating func settle(on sample: [Float], rounds: Int, check: () throws -> Void) rethrows {
        var scores: [Float] = []
        for _ in 0..<rounds {
            var sums = [Float](repeating: 0, count: floats.count)
            var members = [Float](repeating: 0, count: count)
            try sample.withUnsafeBufferPointer { sample in
                for start in stride(from: 0, to: sample.count, by: Self.batch * dimension) {
                    let end = min(sample.count, start + Self.batch * dimension)
                    let rows = UnsafeBufferPointer(rebasing: sample[start..<end])
                    for (row, centre) in nearest(to: rows, &scores).enumerated() {
                        members[centre] += 1
                        for axis in 0..<dimension { sums[centre * dimension + axis] += rows[row * dimension + axis] }
                    }
                    try check()
                }
            }
            for centre in 0..<count where members[centre] > 0 {
                for axis in 0..<dimension {
                    floats[centre * dimension + axis] = sums[centre * dimension + axis] / members[centre]
                }
            }
            measure()
        }
    }

    private mutating func measure() {
        halves = stride(from: 0, to: floats.count, by: dimension).map { start in
            floats[start..<(start + dimension)].reduce(0) { $0 + $1 * $1 } / 2
        }
    }
}

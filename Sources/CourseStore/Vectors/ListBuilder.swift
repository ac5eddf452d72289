import SQLite

/// Makes the lists of a course: finds their centres on a sample, then which of them each vector is nearest to, then codes.
/// Benchmarks/README.md says how long it takes.
enum ListBuilder {
    /// Vectors of the sample for each list.
    private static let sampled = 32
    /// Of k-means: what more bring is little.
    private static let rounds = 8
    /// Of the rotation. Any will do.
    private static let seed: UInt64 = 0x6c69_7374
    /// Rows read by one statement, so that it does not keep the write-ahead log from being folded in.
    private static let slice: Int64 = 4_096

    /// Lists of the chunks that are there; as many as each list has chunks, so that finding the right ones costs about as
    /// much as looking through one.
    /// - Parameter connection: outside a transaction.
    static func lists(of chunks: ChunkRanges, dimension: Int, in connection: Connection) throws -> CodeLists? {
        let count = chunks.count
        guard let lastID = chunks.ranges.last?.upperBound, count < Int(Int32.max) else { return nil }
        let listCount = max(1, Int(Double(count).squareRoot()))
        var sample: [Float] = []
        let ids = chunks.spread(Self.sampled * listCount)
        sample.reserveCapacity(ids.count * dimension)
        try VectorTable.sample(ids, dimension: dimension, in: connection) { sample += $0 }
        let sampleCount = sample.count / dimension
        guard sampleCount >= listCount else { return nil }
        var centres = ListCentres(
            (0..<listCount).flatMap { list in
                let start = list * sampleCount / listCount * dimension
                return sample[start..<(start + dimension)]
            }, dimension: dimension)
        // Any statement notices that the task was cancelled.
        try centres.settle(on: sample, rounds: Self.rounds) { _ = try Generation.current(in: connection) }
        sample = []
        return try fill(chunks, lastID: lastID, centres, in: connection)
    }

    /// Reads all vectors twice: once to learn how long each list gets, so that no memory is kept for more.
    private static func fill(
        _ chunks: ChunkRanges, lastID: Int64, _ centres: ListCentres, in connection: Connection
    ) throws -> CodeLists {
        var placing = ListPlacing(centres: centres, expected: chunks.count)
        try forEachBatch(of: chunks, centres.dimension, in: connection) { placing.add($0, $1) }
        var filling = ListFilling(placing, rotation: CodeRotation(seed: seed, dimension: centres.dimension))
        try forEachBatch(of: chunks, centres.dimension, in: connection) { filling.add($0, $1) }
        return CodeLists(lastID: lastID, centres: centres, rotation: filling.rotation, lists: filling.lists)
    }

    /// Gives all vectors that are there to `body`, at most `ListCentres.batch` at a time, by ascending id.
    private static func forEachBatch(
        of chunks: ChunkRanges, _ dimension: Int, in connection: Connection,
        _ body: ([Int64], UnsafeBufferPointer<Float>) -> Void
    ) throws {
        var (ids, rows) = ([Int64](), [Float]())
        func flush() {
            rows.withUnsafeBufferPointer { body(ids, $0) }
            ids.removeAll(keepingCapacity: true)
            rows.removeAll(keepingCapacity: true)
        }
        for range in chunks.ranges {
            for first in stride(from: range.lowerBound, through: range.upperBound, by: Int(Self.slice)) {
                let slice = first...min(range.upperBound, first + Self.slice - 1)
                try VectorTable.forEach(in: slice, dimension: dimension, in: connection) { id, vector in
                    ids.append(id)
                    rows += vector
                    if ids.count == ListCentres.batch { flush() }
                }
            }
        }
        flush()
    }
}

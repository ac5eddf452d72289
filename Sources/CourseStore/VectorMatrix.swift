import SQLite

/// All vectors of a course in memory, as they were at one generation of the file.
///
/// In segments, which the next generation shares: a document that comes costs the reading of its own vectors, one that
/// goes the copying of the segments that held them. So questions stay fast while a course is being filled.
struct VectorMatrix: Sendable {
    let generation: Generation
    let segments: [VectorSegment]
    /// The largest id ever read: chunks that come later have larger ones.
    private let lastID: Int64

    /// Reads the vectors of the connection's snapshot; what `old` holds is not read again.
    init(dimension: Int, generation: Generation, old: VectorMatrix?, in connection: Connection) throws {
        self.generation = generation
        var segments: [VectorSegment] = []
        var open = VectorSegment(dimension: dimension)
        func close() {
            guard !open.ids.isEmpty else { return }
            segments.append(open)
            open = VectorSegment(dimension: dimension)
        }
        if let old {
            let living: Set<Int64>? =
                old.generation.removals == generation.removals ? nil : try ChunkTable.ids(in: connection)
            for segment in old.segments {
                let isWhole = living.map { living in segment.ids.allSatisfy(living.contains) } ?? true
                // Small ones are put together, so that many small documents do not make many segments.
                if isWhole, segment.ids.count > VectorSegment.capacity / 4 {
                    close()
                    segments.append(segment)
                    continue
                }
                for (row, id) in segment.ids.enumerated() where living?.contains(id) ?? true {
                    open.append(row, of: segment)
                    if open.isFull { close() }
                }
            }
        }
        var lastID = old?.lastID ?? .min
        try VectorTable.forEach(after: lastID, dimension: dimension, in: connection) { id, bytes in
            open.append(id, bytes)
            lastID = id
            if open.isFull { close() }
        }
        close()
        self.segments = segments
        self.lastID = lastID
    }

    /// The best chunks by dot product with `query`, best first.
    func best(_ query: [Float], limit: Int) -> [ScoredChunk] {
        var best = BestScores(limit: limit)
        for segment in segments { segment.add(to: &best, query) }
        return best.sorted()
    }
}

import SQLite

/// The chunks nearest to a query: codes are scanned for candidates, whose vectors are then read and multiplied.
struct VectorSearch {
    /// Up to so many chunks, reading their vectors one after another costs no more than codes and candidates.
    static let exactLimit = 256
    /// Vectors read between two looks at which candidates may still be among the best.
    private static let batch = 16

    /// nil for vectors that codes cannot be made of.
    private let cache: CodeCache?
    private let query: [Float]
    private let limit: Int
    private let chosen: ChunkRanges?

    init(_ query: [Float], limit: Int, chosen: ChunkRanges?, cache: CodeCache?) {
        self.query = query
        self.limit = limit
        self.chosen = chosen
        self.cache = cache
    }

    /// Best first.
    func best(in connection: Connection) throws -> [ScoredChunk] {
        guard limit > 0 else { return [] }
        let ranges = chosen?.ranges ?? [.min ... .max]
        guard let cache, chosen?.count ?? .max > Self.exactLimit else {
            return try VectorTable.best(query, limit: limit, in: ranges, in: connection)
        }
        let count = try CodeTable.count(in: connection)
        if count <= 1, try CodeTable.live(in: connection) <= Self.exactLimit {
            return try VectorTable.best(query, limit: limit, in: ranges, in: connection)
        }
        let effort = Effort(limit: limit, chunks: min(count * CodeLayout.capacity, chosen?.count ?? .max))
        var scanner = CodeScanner(
            layout: cache.layout, query: query, limit: effort.candidates, caution: effort.caution, chosen: chosen)
        if let snapshot = try cache.current(blocks: count, in: connection) {
            try scan(snapshot, &scanner, cache, connection)
        } else {
            try CodeTable.forEach(of: chosen, in: connection) { reader in
                let runs = try reader.runs()
                try reader.withCodes(cache.layout) { bytes in
                    try scanner.scan(bytes, runs: runs, centre: reader.centre) {
                        try cache.centre($0, in: connection)
                    }
                }
            }
        }
        return try scored(scanner.best(), in: connection)
    }

    private func scan(
        _ snapshot: CodeCache.Snapshot, _ scanner: inout CodeScanner, _ cache: CodeCache, _ connection: Connection
    ) throws {
        for firstID in snapshot.order {
            guard let block = snapshot.blocks[firstID] else { continue }
            if let chosen, let last = block.runs.lastID, !chosen.overlaps(firstID...last) { continue }
            try block.bytes.withUnsafeBytes { bytes in
                try scanner.scan(bytes, runs: block.runs, centre: block.centre) { try cache.centre($0, in: connection) }
            }
        }
    }

    /// Reads the vectors of candidates, best estimate first, until those that are left cannot well be among the best.
    private func scored(_ candidates: [Candidate], in connection: Connection) throws -> [ScoredChunk] {
        var best = BestScores(limit: limit)
        var rest = candidates[...]
        while !rest.isEmpty {
            let batch = rest.prefix(max(Self.batch, best.threshold == nil ? limit : 0))
            rest = rest.dropFirst(batch.count)
            let ids = batch.compactMap { candidate in
                candidate.estimate + candidate.slack < best.threshold ?? -.infinity ? nil : candidate.id
            }
            if ids.isEmpty { break }
            try VectorTable.forEachScore(query, ids: ids, in: connection) { id, score in
                best.insert(ScoredChunk(id: id, score: score))
            }
        }
        return best.sorted()
    }
}

/// How much a search looks at. Measured for a recall of more than 99 in 100 (Benchmarks/README.md): the more chunks there
/// are, the more of them are as near as an estimate can tell, so it grows with every tenfold beyond 100,000.
struct Effort {
    /// The most candidates that are collected. Most of them are never read.
    let candidates: Int
    /// The standard deviations by which an estimate may be too low before a chunk is missed.
    let caution: Float

    init(limit: Int, chunks: Int) {
        var tenfolds = 0.0
        var rest = Double(chunks) / 100_000
        while rest > 1 {
            // Between two powers of ten along the chord, which is near enough.
            tenfolds += min(1, (rest - 1) / 9)
            rest /= 10
        }
        candidates = min(100_000, Int(Double(16 * min(limit, 100_000) + 320) * (1 + tenfolds)))
        caution = Float(2 + 0.75 * tenfolds)
    }
}

import SQLite

/// The chunks nearest to a query: codes are scanned for candidates, whose vectors are then read and multiplied.
struct VectorSearch {
    /// Up to so many chunks, reading their vectors one after another costs no more than codes and candidates.
    static let exactLimit = 256
    /// Among fewer chunks than this part of all, every code is looked at: most lists would hold few of them.
    private static let listedPart = 4

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
        let chosenCount = chosen?.count ?? .max
        guard let cache, chosenCount > Self.exactLimit else {
            return try VectorTable.best(query, limit: limit, in: ranges, in: connection)
        }
        let (count, held) = try cache.current(in: connection)
        if count <= 1, try CodeTable.live(in: connection) <= Self.exactLimit {
            return try VectorTable.best(query, limit: limit, in: ranges, in: connection)
        }
        if let held, let lists = held.lists,
            chosen.map({ held.count(of: $0) }) ?? .max >= lists.count / Self.listedPart
        {
            var candidates = lists.candidates(query, limit: limit) { [chosen] id in
                held.live.contains(id) && chosen?.contains(id) ?? true
            }.found
            if held.unlisted > 0 {
                let later = ChunkRanges([(lists.lastID + 1) ... .max])
                candidates += try scan(
                    held, cache, connection, among: chosen?.intersection(later) ?? later, chunks: held.unlisted)
            }
            return try scored(candidates, in: connection)
        }
        let candidates = try scan(
            held, cache, connection, among: chosen, chunks: min(count * CodeLayout.capacity, chosenCount))
        return try scored(candidates, in: connection)
    }

    /// Looks through all codes of `chosen`, as held or else as the file has them.
    private func scan(
        _ held: CodeSnapshot?, _ cache: CodeCache, _ connection: Connection, among chosen: ChunkRanges?, chunks: Int
    ) throws -> [Candidate] {
        let effort = Effort(limit: limit, chunks: chunks)
        var scanner = CodeScanner(
            layout: cache.layout, query: query, limit: effort.candidates, caution: effort.caution, chosen: chosen)
        if let held {
            try held.forEach(of: chosen) { block in
                try block.bytes.withUnsafeBytes { bytes in
                    try scanner.scan(bytes, runs: block.runs, centre: block.centre) {
                        try cache.centre($0, in: connection)
                    }
                }
            }
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
        return scanner.found
    }

    /// Reads the vectors of candidates, best estimate first, but for those that cannot well be among the best.
    private func scored(_ candidates: [Candidate], in connection: Connection) throws -> [ScoredChunk] {
        var best = BestScores(limit: limit)
        var rest = candidates.contenders(for: limit).makeIterator()
        func next() -> Int64? {
            while let candidate = rest.next() {
                if !(candidate.estimate + candidate.slack < best.threshold ?? -.infinity) { return candidate.id }
            }
            return nil
        }
        try VectorTable.forEachScore(query, nextID: next, in: connection) { id, score in
            best.insert(ScoredChunk(id: id, score: score))
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

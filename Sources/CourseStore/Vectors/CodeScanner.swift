import CKernels

/// One search through blocks of codes: collects the chunks whose estimated products with the query are the highest.
struct CodeScanner {
    /// The standard deviation of an estimate, as a part of |query| * scale: sqrt(1 - t^2) for t = sqrt(2 / pi), the mean
    /// product of a unit vector and its code.
    private static let deviation: Float = 0.6

    private let layout: CodeLayout
    private let query: [Float]
    private let level: CodeLevel
    private let chosen: ChunkRanges?
    /// Standard deviations by which an estimate may be too low before a chunk is missed.
    private let caution: Float
    private var queries: [Int64: CodeQuery] = [:]
    private var candidates: Candidates
    private var slots = [UInt16](repeating: 0, count: CodeLayout.capacity)
    private var estimates = [Float](repeating: 0, count: CodeLayout.capacity)

    /// - Parameters:
    ///   - limit: the most candidates.
    ///   - caution: the standard deviations by which an estimate may be too low before a chunk is missed.
    ///   - chosen: nil for all chunks.
    init(
        layout: CodeLayout, query: [Float], limit: Int, caution: Float, chosen: ChunkRanges?, level: CodeLevel = .used
    ) {
        self.layout = layout
        self.query = query
        self.level = level
        self.chosen = chosen
        self.caution = caution
        candidates = Candidates(limit: limit)
    }

    /// Looks through one block.
    /// - Parameters:
    ///   - bytes: layout.byteCount
    ///   - centre: asked for the centre of that key when its codes are met for the first time.
    mutating func scan(
        _ bytes: UnsafeRawBufferPointer, runs: SlotRuns, centre key: Int64, centre: (Int64) throws -> CodeCentre
    ) rethrows {
        guard let start = bytes.baseAddress, bytes.count == layout.byteCount else { return }
        let query = try queries[key] ?? centre(key).query(self.query)
        queries[key] = query
        let hits = codes_scan(
            level.rawValue, query.table, layout.dimension, query.step, start.assumingMemoryBound(to: UInt8.self),
            start + layout.alongOffset, start + layout.scaleOffset, runs.count, candidates.threshold - query.base,
            &slots,
            &estimates)
        for hit in 0..<hits {
            let slot = Int(slots[hit]), id = runs.id(ofSlot: slot)
            if let chosen, !chosen.contains(id) { continue }
            let scale = Float(
                bitPattern: UInt32(
                    bytes.loadUnaligned(fromByteOffset: layout.scaleOffset(ofSlot: slot), as: UInt16.self)) << 16)
            candidates.add(
                Candidate(
                    id: id, estimate: estimates[hit] + query.base,
                    slack: caution * Self.deviation * query.length * scale))
        }
        candidates.settle()
    }

    /// The candidates of all blocks so far, best estimate first.
    mutating func best() -> [Candidate] { candidates.sorted() }
}

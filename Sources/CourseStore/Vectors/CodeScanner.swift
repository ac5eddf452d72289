import CKernels

/// One search through blocks of codes: collects the chunks whose estimated products with the query are the highest.
struct CodeScanner {
    /// The standard deviation of an estimate, as a part of |query| * scale: sqrt(1 - t^2) for t = sqrt(2 / pi), the mean
    /// product of a unit vector and its code.
    static let deviation: Float = 0.6

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
    /// The slots of a block that are of chosen chunks.
    private var isChosen = [Bool](repeating: false, count: CodeLayout.capacity)

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
        if let chosen {
            guard mark(chosen, runs) else { return }
        }
        candidates.settle()
        let query = try queries[key] ?? centre(key).query(self.query)
        queries[key] = query
        let hits = codes_scan(
            level.rawValue, query.table, layout.dimension, query.step, start.assumingMemoryBound(to: UInt8.self),
            start + layout.alongOffset, start + layout.scaleOffset, runs.count, candidates.threshold - query.base,
            &slots,
            &estimates)
        for hit in 0..<hits {
            let slot = Int(slots[hit])
            if chosen != nil, !isChosen[slot] { continue }
            let scale = Float(
                bitPattern: UInt32(
                    bytes.loadUnaligned(fromByteOffset: layout.scaleOffset(ofSlot: slot), as: UInt16.self)) << 16)
            candidates.add(
                Candidate(
                    id: runs.id(ofSlot: slot), estimate: estimates[hit] + query.base,
                    slack: caution * Self.deviation * query.length * scale))
        }
    }

    /// Notes the slots of chosen chunks; false when there are none.
    private mutating func mark(_ chosen: ChunkRanges, _ runs: SlotRuns) -> Bool {
        guard let ids = runs.ids else { return false }
        var any = false
        for slot in 0..<runs.count { isChosen[slot] = false }
        chosen.forEach(within: ids) { range in
            runs.forEachSlot(of: range) { slot in
                isChosen[slot] = true
                any = true
            }
        }
        return any
    }

    /// The candidates of all blocks so far, in any order.
    var found: [Candidate] { candidates.found }
}

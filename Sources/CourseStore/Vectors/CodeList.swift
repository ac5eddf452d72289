import CKernels

/// The codes of chunks whose vectors lie near one centre, as a process holds them: one bit a coordinate for the scan,
/// four for a second look at what it finds. Both are made of a vector's difference to the centre.
struct CodeList: Sendable {
    /// The most chunks: as many slots as a scan can tell apart.
    static let capacity = 1 << 16

    let dimension: Int
    /// Of its centre among all.
    let centre: Int
    /// Of each slot.
    private(set) var ids: [Int64] = []
    /// Groups of `CODES_GROUP` codes.
    private var codes: [UInt8] = []
    /// bfloat16
    private var scales: [UInt16] = []
    private var fine: [UInt8] = []
    /// Scale and error of each fine code.
    private var factors: [(scale: Float, error: Float)] = []
    private var squares: Float = 0

    /// - Parameter capacity: chunks that there is room for at once.
    init(dimension: Int, centre: Int, capacity: Int) {
        self.dimension = dimension
        self.centre = centre
        let group = Int(CODES_GROUP)
        ids.reserveCapacity(capacity)
        codes.reserveCapacity((capacity + group - 1) / group * group * ((dimension + 7) / 8))
        scales.reserveCapacity(capacity)
        fine.reserveCapacity(capacity * codes_fine_bytes(dimension))
        factors.reserveCapacity(capacity)
    }

    /// Bytes that a chunk takes.
    static func bytes(dimension: Int) -> Int {
        (dimension + 7) / 8 + codes_fine_bytes(dimension) + MemoryLayout<Int64>.size + MemoryLayout<UInt16>.size
            + 2 * MemoryLayout<Float>.size
    }

    /// The root mean square of its vectors' distances to the centre.
    var spread: Float { ids.isEmpty ? 0 : (squares / Float(ids.count)).squareRoot() }

    /// Adds a vector in the next slot; `vector`, `centre` and `scratch` have `dimension` floats each.
    mutating func append(
        _ id: Int64, _ vector: UnsafePointer<Float>, centre: UnsafePointer<Float>, _ rotation: CodeRotation,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let slot = ids.count, group = Int(CODES_GROUP), groupBytes = (dimension + 7) / 8 * group
        if slot % group == 0 { codes.append(contentsOf: repeatElement(0, count: groupBytes)) }
        var (along, scale) = (UInt16(0), UInt16(0))
        codes.withUnsafeMutableBufferPointer { codes in
            guard let start = codes.baseAddress else { return }
            codes_encode(
                vector, centre, rotation.signs, dimension, scratch, start + slot / group * groupBytes, slot % group,
                &along, &scale)
        }
        let fineBytes = codes_fine_bytes(dimension)
        var (fineScale, error) = (Float(0), Float(0))
        fine.append(contentsOf: repeatElement(0, count: fineBytes))
        fine.withUnsafeMutableBufferPointer { fine in
            guard let start = fine.baseAddress else { return }
            codes_fine_encode(scratch, dimension, start + slot * fineBytes, &fineScale, &error)
        }
        for axis in 0..<dimension { squares += scratch[axis] * scratch[axis] }
        ids.append(id)
        scales.append(scale)
        factors.append((fineScale, error))
    }
}

extension CodeList {
    /// Hits that get their second look at once; what these show is asked of the ones after them.
    fileprivate static let group = 32

    /// Adds each chunk that may be among the best to `found`, and what it is estimated at to `best`.
    /// - Parameters:
    ///   - product: of the centre with the query.
    ///   - isWanted: asked after the second look.
    func scan(
        _ query: ListQuery, product: Float, _ best: inout BestScores, _ found: inout [Candidate],
        _ scratch: inout ListScratch, _ isWanted: (Int64) -> Bool
    ) {
        // A code may be estimated too low by `slack` times its scale (CodeScanner says why; the query's rounding is a
        // part of it), so it counts as scale * (its own product + slack). The kernel sees all in units of slack, and adds
        // a first factor, which is the scale as well, to the scale times a product.
        let slack = ListQuery.caution * CodeScanner.deviation * (query.length.isNormal ? query.length : 1)
        var threshold = best.threshold ?? -.infinity
        let hits = codes_scan(
            query.level.rawValue, query.table, dimension, query.step / slack, codes, scales, scales, ids.count,
            (threshold - product) / slack, &scratch.slots, &scratch.estimates)
        var next = 0
        while next < hits {
            var count = 0
            while next < hits, count < Self.group {
                let slot = scratch.slots[next]
                if scratch.estimates[next] * slack + product > threshold {
                    scratch.group[count] = slot
                    count += 1
                }
                next += 1
            }
            codes_fine_scan(query.level.rawValue, query.fine, dimension, fine, scratch.group, count, &scratch.sums)
            for hit in 0..<count {
                let slot = Int(scratch.group[hit])
                let estimate = product + factors[slot].scale * query.fineProduct(scratch.sums[hit])
                let slack = factors[slot].error * query.fineDeviation
                guard estimate + slack > threshold, isWanted(ids[slot]) else { continue }
                best.insert(ScoredChunk(id: ids[slot], score: estimate))
                found.append(Candidate(id: ids[slot], estimate: estimate, slack: slack))
            }
            threshold = best.threshold ?? -.infinity
        }
    }
}

/// What a scan of lists writes on the way.
struct ListScratch {
    fileprivate var slots: [UInt16]
    fileprivate var estimates: [Float]
    fileprivate var group: [UInt16]
    fileprivate var sums: [Int32]

    /// - Parameter longest: the most chunks of a list.
    init(longest: Int) {
        slots = [UInt16](repeating: 0, count: longest)
        estimates = [Float](repeating: 0, count: longest)
        group = [UInt16](repeating: 0, count: CodeList.group)
        sums = [Int32](repeating: 0, count: CodeList.group)
    }
}

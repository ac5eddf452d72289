import CKernels

/// What codes are made round: a mean vector of the course and a random rotation. Never changes; a course whose vectors
/// have moved away from it gets another.
struct CodeCentre: Sendable {
    /// Drawn at random, so that no two centres ever bear the same one, also when a transaction is rolled back.
    let key: Int64
    let mean: [Float]
    /// Of the rotation.
    let seed: UInt64
    private let signs: [Float]

    init(key: Int64, mean: [Float], seed: UInt64) {
        self.key = key
        self.mean = mean
        self.seed = seed
        var state = seed
        // SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): its top bit.
        signs = (0..<(Int(CODES_ROUNDS) * mean.count)).map { _ in
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
            return (mixed ^ (mixed >> 31)) >> 63 == 0 ? 1 : -1
        }
    }

    /// Writes the code of `vector` and its factors.
    func encode(
        _ vector: UnsafePointer<Float>, group: UnsafeMutableRawPointer, lane: Int, along: UnsafeMutableRawPointer,
        scale: UnsafeMutableRawPointer
    ) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: mean.count) { scratch in
            codes_encode(
                vector, mean, signs, mean.count, scratch.baseAddress, group.assumingMemoryBound(to: UInt8.self), lane,
                along, scale)
        }
    }

    /// What a scan needs to know of a query.
    func query(_ vector: [Float]) -> CodeQuery {
        var rotated = zip(vector, mean).map { $0 - $1 }
        let length = rotated.reduce(0) { $0 + $1 * $1 }.squareRoot()
        codes_rotate(&rotated, rotated.count, signs)
        var table = [UInt8](repeating: 0, count: codes_table_bytes(rotated.count))
        var step: Float = 0
        codes_table(rotated, rotated.count, &table, &step)
        let base = zip(vector, mean).reduce(0) { $0 + $1.0 * $1.1 }
        return CodeQuery(table: table, step: step, base: base, length: length)
    }
}

/// A query as the codes round one centre see it.
struct CodeQuery: Sendable {
    let table: [UInt8]
    let step: Float
    /// Its product with the centre, a part of every estimate.
    let base: Float
    /// How far it is from the centre.
    let length: Float
}

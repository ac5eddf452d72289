import CKernels

/// What codes are made round: a mean vector of the course and a random rotation. Never changes; a course whose vectors
/// have moved away from it gets another.
struct CodeCentre: Sendable {
    /// Drawn at random, so that no two centres ever bear the same one, also when a transaction is rolled back.
    let key: Int64
    let mean: [Float]
    /// Of the rotation.
    let seed: UInt64
    private let rotation: CodeRotation

    init(key: Int64, mean: [Float], seed: UInt64) {
        self.key = key
        self.mean = mean
        self.seed = seed
        rotation = CodeRotation(seed: seed, dimension: mean.count)
    }

    /// Writes the code of `vector` and its factors.
    func encode(
        _ vector: UnsafePointer<Float>, group: UnsafeMutableRawPointer, lane: Int, along: UnsafeMutableRawPointer,
        scale: UnsafeMutableRawPointer
    ) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: mean.count) { scratch in
            codes_encode(
                vector, mean, rotation.signs, mean.count, scratch.baseAddress,
                group.assumingMemoryBound(to: UInt8.self), lane, along, scale)
        }
    }

    /// What a scan needs to know of a query.
    func query(_ vector: [Float]) -> CodeQuery {
        let apart = zip(vector, mean).map { $0 - $1 }
        let length = apart.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let rotated = rotation(apart)
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

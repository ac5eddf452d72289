import CKernels

/// A random rotation, drawn from a seed: what makes the coordinates of any vector alike, so that a few bits of each tell
/// as much as they can.
struct CodeRotation: Sendable {
    /// Of its reflections, -1 or 1: `CODES_ROUNDS` times the dimension.
    let signs: [Float]
    private let dimension: Int

    init(seed: UInt64, dimension: Int) {
        self.dimension = dimension
        var state = seed
        // SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): its top bit.
        signs = (0..<(Int(CODES_ROUNDS) * dimension)).map { _ in
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
            return (mixed ^ (mixed >> 31)) >> 63 == 0 ? 1 : -1
        }
    }

    func callAsFunction(_ vector: [Float]) -> [Float] {
        var rotated = vector
        codes_rotate(&rotated, dimension, signs)
        return rotated
    }
}

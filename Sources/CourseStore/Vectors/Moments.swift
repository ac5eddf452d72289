/// The mean of some vectors, and how far they are spread round it.
struct Moments {
    private var sum: [Double]
    private var squares: Double = 0
    private(set) var count = 0

    init(dimension: Int) { sum = [Double](repeating: 0, count: dimension) }

    mutating func add(_ vector: UnsafeBufferPointer<Float>) {
        for (index, value) in vector.enumerated() {
            sum[index] += Double(value)
            squares += Double(value) * Double(value)
        }
        count += 1
    }

    /// Zeros when there is no vector.
    var mean: [Float] { sum.map { count > 0 ? Float($0 / Double(count)) : 0 } }

    /// The mean squared distance to the mean.
    var spread: Float {
        guard count > 0 else { return 0 }
        let mean = sum.reduce(0) { $0 + ($1 / Double(count)) * ($1 / Double(count)) }
        return Float(max(0, squares / Double(count) - mean))
    }
}

import CKernels
import Testing

@testable import Embedding

/// Matrix products at every level against their plain twin, on shapes that are no multiple of anything.
@Suite struct KernelProductTests {
    @Test(arguments: KernelLevel.tested)
    func products(level: KernelLevel) {
        for (outputs, inputs, rows) in [
            (1, 1, 1), (3, 5, 2), (16, 8, 14), (31, 7, 15), (32, 33, 29), (33, 64, 43), (70, 129, 5), (96, 40, 97),
        ] {
            for then in [KERNELS_STORE, KERNELS_GELU, KERNELS_GELU_TANH, KERNELS_ADD] {
                Product(level, outputs: outputs, inputs: inputs, rows: rows, then: Int32(then)).check(within: 3e-5)
            }
        }
    }

    /// A block of rows that does not fit the cache is cut, and so is a strip of weights; the cuts must not show.
    @Test(arguments: KernelLevel.tested, [(5, 3000, 95), (420, 800, 40)])
    func productsThatDoNotFitTheCache(level: KernelLevel, shape: (outputs: Int, inputs: Int, rows: Int)) {
        Product(level, outputs: shape.outputs, inputs: shape.inputs, rows: shape.rows, then: Int32(KERNELS_STORE))
            .check(within: 5e-4)
    }

    @Test(arguments: KernelLevel.tested)
    func buffersNeedNoAlignment(level: KernelLevel) {
        for then in [KERNELS_STORE, KERNELS_GELU, KERNELS_GELU_TANH, KERNELS_ADD] {
            Product(level, outputs: 37, inputs: 41, rows: 19, then: Int32(then), lead: 1).check(within: 3e-5)
        }
    }

    /// A row that holds what is no number gives such a row, and nothing of it gets into another; so do infinities.
    @Test(arguments: KernelLevel.tested)
    func whatIsNoNumberStaysInItsRow(level: KernelLevel) {
        for (special, then) in [
            (Float.nan, KERNELS_STORE), (.nan, KERNELS_GELU), (.nan, KERNELS_ADD), (.infinity, KERNELS_STORE),
            (-.infinity, KERNELS_ADD), (.leastNonzeroMagnitude, KERNELS_STORE), (.leastNormalMagnitude, KERNELS_GELU),
            (3e38, KERNELS_STORE),
        ] {
            var product = Product(level, outputs: 37, inputs: 41, rows: 19, then: Int32(then))
            for row in [2, 18] { product.x[row * 41 + row] = KernelNumbers.rounded(special) }
            product.check(within: 3e-5)
        }
    }

    @Test(arguments: KernelLevel.tested)
    func severalMatricesPackedAsOne(level: KernelLevel) {
        let (outputs, inputs) = (13, 6)
        var numbers = KernelNumbers.Source(seed: 2)
        let parts = (0..<3).map { (numbers.next(outputs * inputs), numbers.next(outputs), Float(1 << $0)) }
        var product = Product(level, outputs: 3 * outputs, inputs: inputs, rows: 4, then: Int32(KERNELS_STORE))
        product.weights = parts.flatMap { part in part.0.map { $0 * part.2 } }
        product.bias = parts.flatMap { part in part.1.map { $0 * part.2 } }
        let size = kernels_packed_bytes(level.rawValue, 3 * outputs, inputs)
        var packed = [UInt8](repeating: 0, count: size)
        for (number, part) in parts.enumerated() {
            kernels_pack(
                level.rawValue, part.0, part.1, outputs, inputs, part.2, number * outputs, &packed)
        }
        #expect(packed == product.packed())
        product.check(within: 1e-5)
    }

    /// GELU over its whole range, by way of a product with 1.
    @Test(arguments: KernelLevel.tested, [KERNELS_GELU, KERNELS_GELU_TANH])
    func gelu(level: KernelLevel, then: Int) {
        let values = stride(from: Float(-15), through: 15, by: 0.01).map { $0 } + [-1e20, -100, 100, 1e20, 0, -0.0]
        var product = Product(level, outputs: 1, inputs: 1, rows: values.count, then: Int32(then))
        product.weights = [1]
        product.bias = [0]
        product.x = values.map(KernelNumbers.rounded)
        let (found, expected) = product.results()
        for (place, value) in product.x.enumerated() {
            let tolerance = max(1e-6, abs(value) * 2e-7) + abs(expected[place]) * level.precision
            #expect(abs(found[place] - expected[place]) <= tolerance, "GELU(\(value))")
        }
    }
}

/// A product to compute at a level and by the twin.
private struct Product {
    let level: KernelLevel
    let outputs: Int
    let inputs: Int
    let rows: Int
    let then: Int32
    /// Numbers before each buffer, which take it off its alignment.
    let lead: Int
    var weights: [Float]
    var bias: [Float]
    var x: [Float]
    var y: [Float]

    init(_ level: KernelLevel, outputs: Int, inputs: Int, rows: Int, then: Int32, lead: Int = 0) {
        self.level = level
        self.outputs = outputs
        self.inputs = inputs
        self.rows = rows
        self.then = then
        self.lead = lead
        var numbers = KernelNumbers.Source(seed: outputs * 1000 + inputs)
        weights = numbers.next(outputs * inputs)
        bias = numbers.next(outputs)
        x = numbers.next(rows * inputs)
        y = numbers.next(rows * outputs)
    }

    func packed() -> [UInt8] {
        var packed = [UInt8](repeating: 0, count: 4 * lead + kernels_packed_bytes(level.rawValue, outputs, inputs))
        packed.withUnsafeMutableBytes { packed in
            guard let start = packed.baseAddress else { return }
            kernels_pack(level.rawValue, weights, bias, outputs, inputs, 1, 0, start + 4 * lead)
        }
        return packed
    }

    func results() -> (found: [Float], expected: [Float]) {
        var expected = y
        kernels_linear_plain(weights, bias, outputs, inputs, x, inputs, rows, then, &expected, outputs)
        let packed = packed()
        let x = level.encoded(x, width: inputs, lead: lead)
        // Floats where the sums are added to them.
        let addsUp = then == Int32(KERNELS_ADD)
        let stride = level.row(outputs)
        var sums = [Float](repeating: 0, count: lead + rows * stride)
        for row in 0..<rows {
            for output in 0..<outputs { sums[lead + row * stride + output] = y[row * outputs + output] }
        }
        var numbers = level.encoded(y, width: outputs, lead: lead)
        packed.withUnsafeBytes { packed in
            let linear = kernels_linear(
                outputs: outputs, inputs: inputs, packed: packed.baseAddress.map { $0 + 4 * lead })
            withUnsafePointer(to: linear) { linear in
                x.withUnsafeBytes { x in
                    func apply(_ y: UnsafeMutableRawPointer?) {
                        kernels_linear_apply(
                            level.rawValue, linear, x.baseAddress.map { $0 + lead * level.numberBytes },
                            level.row(inputs), rows, then, y, stride)
                    }
                    if addsUp {
                        sums.withUnsafeMutableBytes { apply($0.baseAddress.map { $0 + 4 * lead }) }
                    } else {
                        numbers.withUnsafeMutableBytes { apply($0.baseAddress.map { $0 + lead * level.numberBytes }) }
                    }
                }
            }
        }
        guard addsUp else { return (level.decoded(numbers, width: outputs, lead: lead), expected) }
        return ((0..<rows * outputs).map { sums[lead + $0 / outputs * stride + $0 % outputs] }, expected)
    }

    func check(within tolerance: Float, sourceLocation: SourceLocation = #_sourceLocation) {
        let (found, expected) = results()
        let precision = then == Int32(KERNELS_ADD) ? 0 : level.precision
        let close = zip(found, expected).allSatisfy { found, expected in
            guard expected.isFinite else { return found.isNaN == expected.isNaN && !found.isFinite }
            return abs(found - expected) <= (tolerance + precision) * max(1, abs(expected))
        }
        #expect(
            found.count == expected.count && close, "\(rows)x\(inputs) to \(outputs), then \(then), at \(level)",
            sourceLocation: sourceLocation)
    }
}

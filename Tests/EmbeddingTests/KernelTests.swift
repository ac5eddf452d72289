import CKernels
import Testing

@testable import Embedding

/// Every level of every kernel against its plain twin, on shapes that are no multiple of anything.
@Suite struct KernelTests {
    private static let widths = [1, 2, 3, 5, 15, 16, 17, 31, 33, 63, 100]

    /// Numbers in -1...1, the same at each run.
    private struct Numbers {
        private var state: UInt64

        init(seed: Int) { state = UInt64(seed) &+ 1 }

        mutating func next(_ count: Int) -> [Float] {
            (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max)
            }
        }
    }

    private func expectClose(
        _ found: [Float], _ expected: [Float], within tolerance: Float, _ comment: Comment,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(found.count == expected.count, comment, sourceLocation: sourceLocation)
        let close = zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
        #expect(close, comment, sourceLocation: sourceLocation)
    }

    @Test(arguments: KernelLevel.available)
    func scan(level: KernelLevel) {
        for dimension in Array(0...70) + [127, 384, 385] {
            for count in [0, 1, 3] {
                var numbers = Numbers(seed: dimension)
                let query = numbers.next(dimension)
                let rows = numbers.next(count * dimension)
                // The last number is nobody's and must stay.
                var found = [Float](repeating: 7, count: count + 1)
                var expected = found
                kernels_dot_scan_at(level.rawValue, query, rows, count, dimension, &found)
                kernels_dot_scan_plain(query, rows, count, dimension, &expected)
                expectClose(found, expected, within: 2e-5, "\(count) rows of \(dimension)")
            }
        }
    }

    @Test func scanAtTheBestLevel() {
        var scores: [Float] = [0, 0]
        kernels_dot_scan([1, 2, 3], [4, 5, 6, -1, 0, 1], 2, 3, &scores)
        #expect(scores == [32, 2])
    }

    @Test(arguments: KernelLevel.available)
    func products(level: KernelLevel) {
        for (outputs, inputs, rows) in [
            (1, 1, 1), (3, 5, 2), (16, 8, 14), (31, 7, 15), (32, 33, 29), (33, 64, 43), (70, 129, 5), (96, 40, 97),
        ] {
            for then in [KERNELS_STORE, KERNELS_GELU, KERNELS_ADD] {
                var numbers = Numbers(seed: outputs * 1000 + inputs)
                let weights = numbers.next(outputs * inputs)
                let bias = numbers.next(outputs)
                let stride = inputs + 3
                let x = numbers.next(rows * stride)
                var found = numbers.next(rows * (outputs + 2))
                var expected = found
                withPacked(level, [(weights, bias, 1)], outputs: outputs, inputs: inputs) { linear in
                    kernels_linear_apply(
                        level.rawValue, linear, x, stride, rows, Int32(then), &found, outputs + 2)
                }
                kernels_linear_plain(
                    weights, bias, outputs, inputs, x, stride, rows, Int32(then), &expected, outputs + 2)
                expectClose(found, expected, within: 3e-5, "\(rows)x\(inputs) to \(outputs), then \(then)")
            }
        }
    }

    /// A block of rows that does not fit the cache is cut; the cut must not show.
    @Test(arguments: KernelLevel.available)
    func productsOfManyRows(level: KernelLevel) {
        let (outputs, inputs, rows) = (5, 3000, 95)
        var numbers = Numbers(seed: 1)
        let weights = numbers.next(outputs * inputs)
        let x = numbers.next(rows * inputs)
        var found = [Float](repeating: 0, count: rows * outputs)
        var expected = found
        withPacked(level, [(weights, nil, 1)], outputs: outputs, inputs: inputs) { linear in
            kernels_linear_apply(level.rawValue, linear, x, inputs, rows, Int32(KERNELS_STORE), &found, outputs)
        }
        kernels_linear_plain(weights, nil, outputs, inputs, x, inputs, rows, Int32(KERNELS_STORE), &expected, outputs)
        expectClose(found, expected, within: 5e-4, "\(rows)x\(inputs) to \(outputs)")
    }

    @Test(arguments: KernelLevel.available)
    func productsOfSeveralMatricesPackedAsOne(level: KernelLevel) {
        let (outputs, inputs, rows) = (13, 6, 4)
        var numbers = Numbers(seed: 2)
        let parts = (0..<3).map { (numbers.next(outputs * inputs), numbers.next(outputs), Float($0 + 1)) }
        let x = numbers.next(rows * inputs)
        var found = [Float](repeating: 0, count: rows * outputs * 3)
        var expected = found
        withPacked(level, parts, outputs: outputs, inputs: inputs) { linear in
            kernels_linear_apply(
                level.rawValue, linear, x, inputs, rows, Int32(KERNELS_STORE), &found, outputs * 3)
        }
        let weights = parts.flatMap { part in part.0.map { $0 * part.2 } }
        let bias = parts.flatMap { part in part.1.map { $0 * part.2 } }
        kernels_linear_plain(
            weights, bias, outputs * 3, inputs, x, inputs, rows, Int32(KERNELS_STORE), &expected, outputs * 3)
        expectClose(found, expected, within: 1e-5, "three of \(outputs)x\(inputs)")
    }

    /// GELU by the error function over its whole range, by way of a product with 1.
    @Test(arguments: KernelLevel.available)
    func gelu(level: KernelLevel) {
        let x = stride(from: Float(-15), through: 15, by: 0.01).map { $0 } + [-1e20, -100, 100, 1e20, 0, -0.0]
        var found = [Float](repeating: 0, count: x.count)
        var expected = found
        withPacked(level, [([1], [0], 1)], outputs: 1, inputs: 1) { linear in
            kernels_linear_apply(level.rawValue, linear, x, 1, x.count, Int32(KERNELS_GELU), &found, 1)
        }
        kernels_linear_plain([1], [0], 1, 1, x, 1, x.count, Int32(KERNELS_GELU), &expected, 1)
        for (place, value) in x.enumerated() {
            #expect(abs(found[place] - expected[place]) <= max(1e-6, abs(value) * 2e-7), "GELU(\(value))")
        }
    }

    @Test(arguments: KernelLevel.available)
    func layerNorm(level: KernelLevel) {
        for width in Self.widths {
            var numbers = Numbers(seed: width)
            var found = numbers.next(3 * width).map { $0 + 5 }
            var expected = found
            let gamma = numbers.next(width)
            let beta = numbers.next(width)
            kernels_layer_norm(level.rawValue, &found, 3, width, gamma, beta, 1e-5)
            kernels_layer_norm_plain(&expected, 3, width, gamma, beta, 1e-5)
            expectClose(found, expected, within: 2e-4, "width \(width)")
        }
    }

    @Test(arguments: KernelLevel.available)
    func attention(level: KernelLevel) {
        for (length, heads, size) in [(1, 1, 1), (2, 3, 5), (7, 2, 26), (16, 1, 32), (33, 2, 16), (61, 3, 40)] {
            var numbers = Numbers(seed: length)
            let width = heads * size
            let stride = 3 * width + 2
            let mixed = numbers.next(length * stride).map { $0 * 3 }
            let scratchCount = kernels_attention_scratch(level.rawValue, length, size)
            // What an earlier sequence left must not matter, not even when it is no number.
            var scratch = [Float](repeating: .nan, count: max(scratchCount, length))
            var found = [Float](repeating: 7, count: length * (width + 1))
            var expected = found
            kernels_attention(level.rawValue, mixed, stride, length, heads, size, &found, width + 1, &scratch)
            kernels_attention_plain(mixed, stride, length, heads, size, &expected, width + 1, &scratch)
            expectClose(found, expected, within: 5e-5, "\(length) tokens, \(heads) heads of \(size)")
        }
    }

    @Test(arguments: KernelLevel.available)
    func embeddings(level: KernelLevel) {
        for width in Self.widths {
            var numbers = Numbers(seed: width)
            let words = numbers.next(9 * width)
            let positions = numbers.next(4 * width)
            let type = numbers.next(width)
            var found = [Float](repeating: 7, count: 4 * width + 1)
            var expected = found
            kernels_embed(level.rawValue, [8, 0, 3, 3], 4, width, words, positions, type, &found)
            kernels_embed_plain([8, 0, 3, 3], 4, width, words, positions, type, &expected)
            expectClose(found, expected, within: 1e-6, "width \(width)")
        }
    }

    @Test(arguments: KernelLevel.available)
    func meanOfUnitLength(level: KernelLevel) {
        for width in Self.widths {
            for rows in [1, 2, 9] {
                var numbers = Numbers(seed: width)
                let x = numbers.next(rows * width)
                var found = [Float](repeating: 7, count: width + 1)
                var expected = found
                kernels_mean_unit(level.rawValue, x, rows, width, &found)
                kernels_mean_unit_plain(x, rows, width, &expected)
                expectClose(found, expected, within: 2e-6, "\(rows) rows of \(width)")
            }
        }
        var zero: [Float] = [7, 7]
        kernels_mean_unit(level.rawValue, [1, 2, -1, -2], 2, 2, &zero)
        #expect(zero == [0, 0])
    }

    /// Matrices of [outputs][inputs] with their biases and scales, packed below one another.
    private func withPacked(
        _ level: KernelLevel, _ parts: [(weights: [Float], bias: [Float]?, scale: Float)], outputs: Int, inputs: Int,
        _ body: (UnsafePointer<kernels_linear>) -> Void
    ) {
        let all = outputs * parts.count
        var packed = [UInt8](repeating: 0, count: kernels_packed_bytes(level.rawValue, all, inputs))
        packed.withUnsafeMutableBytes { packed in
            for (number, part) in parts.enumerated() {
                kernels_pack(
                    level.rawValue, part.weights, part.bias, outputs, inputs, part.scale, number * outputs,
                    packed.baseAddress)
            }
            withUnsafePointer(to: kernels_linear(outputs: all, inputs: inputs, packed: packed.baseAddress), body)
        }
    }
}

import CKernels
import Testing

@testable import Embedding

/// Every level of every kernel against its plain twin, on shapes that are no multiple of anything.
@Suite struct KernelTests {
    private static let widths = [1, 2, 3, 5, 15, 16, 17, 31, 33, 63, 100]

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
                var numbers = KernelNumbers.Source(seed: dimension)
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
    func agreesWithTheTwins(level: KernelLevel) {
        #expect(kernels_level_agrees(level.rawValue) == 1)
    }

    @Test func theBestLevelIsThere() {
        #expect(KernelLevel.available.contains(.portable) && KernelLevel.available.contains(.best))
        #expect(kernels_level_agrees(Int32(KERNELS_EMULATED)) == 1)
        #expect(kernels_has_level(5) == 0 && kernels_has_level(-2) == 0)
    }

    @Test(arguments: KernelLevel.tested)
    func layerNorm(level: KernelLevel) {
        for width in Self.widths {
            var numbers = KernelNumbers.Source(seed: width)
            let stride = level.row(width) + 2
            var found = numbers.next(3 * stride).map { $0 + 5 }
            var expected = found
            let gamma = numbers.next(width)
            let beta = numbers.next(width)
            var own = [UInt8](repeating: 0xff, count: 3 * stride * level.numberBytes)
            kernels_layer_norm(level.rawValue, &found, stride, 3, width, gamma, beta, 1e-5, &own)
            kernels_layer_norm_plain(&expected, stride, 3, width, gamma, beta, 1e-5)
            expectClose(found, expected, within: 2e-4, "width \(width)")
            if level.hasFloats { continue }
            let row = level.decoded(Array(own.prefix(level.row(width) * 2)), width: width)
            expectClose(row, Array(found.prefix(width)), within: level.precision, "width \(width)")
            #expect(own[width * 2..<stride * 2].allSatisfy { $0 == 0 }, "width \(width)")
        }
    }

    @Test(arguments: KernelLevel.tested)
    func whatIsNoNumberStaysInItsRow(level: KernelLevel) {
        let width = 37
        let stride = level.row(width)
        var numbers = KernelNumbers.Source(seed: 3)
        var found = numbers.next(3 * stride)
        found[stride + 35] = .nan
        var expected = found
        let gamma = numbers.next(width)
        var own = [UInt8](repeating: 0, count: 3 * stride * level.numberBytes)
        kernels_layer_norm(level.rawValue, &found, stride, 3, width, gamma, gamma, 1e-5, &own)
        kernels_layer_norm_plain(&expected, stride, 3, width, gamma, gamma, 1e-5)
        #expect(found.map(\.isNaN) == expected.map(\.isNaN))
        if !level.hasFloats {
            #expect(level.decoded(own, width: width).filter(\.isNaN).count == width)
        }
    }

    @Test(arguments: KernelLevel.tested)
    func attention(level: KernelLevel) {
        for (length, heads, size) in [(1, 1, 1), (2, 3, 5), (7, 2, 26), (16, 1, 32), (33, 2, 16), (61, 3, 40)] {
            checkAttention(level, length, heads, size)
        }
        checkAttention(level, 37, 2, 32, special: .nan)
        checkAttention(level, 37, 2, 32, special: .infinity)
        checkAttention(level, 37, 2, 32, special: .leastNonzeroMagnitude)
    }

    /// `special` stands in a query, so that one row of one head is no number.
    private func checkAttention(_ level: KernelLevel, _ length: Int, _ heads: Int, _ size: Int, special: Float = 0.5) {
        var numbers = KernelNumbers.Source(seed: length)
        let width = heads * size
        var mixed = numbers.next(length * 3 * width).map { $0 * 2 }
        mixed[(length - 1) * 3 * width] = special
        let scratchCount = kernels_attention_scratch(level.rawValue, length, size)
        // What an earlier sequence left must not matter, not even when it is no number.
        var scratch = [Float](repeating: .nan, count: max(scratchCount, length))
        var own = [UInt8](repeating: 0xff, count: length * level.row(width) * level.numberBytes)
        let encoded = level.encoded(mixed, width: 3 * width)
        kernels_attention(
            level.rawValue, encoded, level.row(3 * width), length, heads, size, &own, level.row(width), &scratch)
        var expected = [Float](repeating: 7, count: length * width)
        kernels_attention_plain(mixed, 3 * width, length, heads, size, &expected, width, &scratch)
        let found = level.decoded(own, width: width)
        let close = zip(found, expected).allSatisfy { found, expected in
            if expected.isNaN { return found.isNaN }
            return abs(found - expected) <= (5e-5 + 2 * level.precision) * max(1, abs(expected))
        }
        #expect(found.count == expected.count && close, "\(length) tokens, \(heads) heads of \(size), \(special)")
        // The room beyond is zero: the next product reads it.
        let room = stride(from: 0, to: own.count, by: level.row(width) * level.numberBytes).allSatisfy { row in
            own[(row + width * level.numberBytes)..<(row + level.row(width) * level.numberBytes)].allSatisfy { $0 == 0 }
        }
        #expect(room, "\(length) tokens, \(heads) heads of \(size)")
    }

    @Test(arguments: KernelLevel.available)
    func embeddings(level: KernelLevel) {
        for width in Self.widths {
            var numbers = KernelNumbers.Source(seed: width)
            let words = numbers.next(9 * width)
            let positions = numbers.next(4 * width)
            let type = numbers.next(width)
            var found = [Float](repeating: 7, count: 4 * width + 1)
            var expected = found
            kernels_embed(level.rawValue, [8, 0, 3, 3], 4, width, words, positions, type, &found, width)
            kernels_embed_plain([8, 0, 3, 3], 4, width, words, positions, type, &expected, width)
            expectClose(found, expected, within: 1e-6, "width \(width)")
        }
    }

    @Test(arguments: KernelLevel.available)
    func meanOfUnitLength(level: KernelLevel) {
        for width in Self.widths {
            for rows in [1, 2, 9] {
                var numbers = KernelNumbers.Source(seed: width)
                let x = numbers.next(rows * width)
                var found = [Float](repeating: 7, count: width + 1)
                var expected = found
                kernels_mean_unit(level.rawValue, x, width, rows, width, &found)
                kernels_mean_unit_plain(x, width, rows, width, &expected)
                expectClose(found, expected, within: 2e-6, "\(rows) rows of \(width)")
            }
        }
        var zero: [Float] = [7, 7]
        kernels_mean_unit(level.rawValue, [1, 2, -1, -2], 2, 2, 2, &zero)
        #expect(zero == [0, 0])
    }
}

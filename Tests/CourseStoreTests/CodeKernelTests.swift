import CKernels
import TestSupport
import Testing

@testable import CourseStore

/// The scan of codes at every level against its plain twin, and what the codes promise.
@Suite struct CodeKernelTests {
    /// Made-up codes, factors and tables; a byte of room before each, so that they can stand at odd addresses.
    private struct Case {
        let dimension: Int
        let count: Int
        var table: [UInt8] = []
        var codes: [UInt8] = []
        var along: [UInt8] = []
        var scale: [UInt8] = []

        init(dimension: Int, count: Int, strange: Bool, _ numbers: inout SeededNumbers) {
            self.dimension = dimension
            self.count = count
            let bytes = (dimension + 7) / 8
            table = (0..<(1 + 32 * bytes)).map { _ in .random(in: 0...60, using: &numbers) }
            codes = (0..<(1 + (count + 63) / 64 * 64 * bytes)).map { _ in .random(in: 0...255, using: &numbers) }
            along = [0]
            scale = [0]
            let oddities: [Float] = [
                .nan, .infinity, -.infinity, .leastNonzeroMagnitude, .leastNormalMagnitude / 8, 0, -0.0, 3e38,
            ]
            for _ in 0..<count {
                for isAlong in [true, false] {
                    var value = Float.random(in: -1...1, using: &numbers)
                    if strange, Int.random(in: 0..<3, using: &numbers) == 0 {
                        value = oddities.randomElement(using: &numbers) ?? 0
                    }
                    let half = UInt16(value.bitPattern >> 16)
                    withUnsafeBytes(of: half) { if isAlong { along += $0 } else { scale += $0 } }
                }
            }
        }

        func scan(_ level: CodeLevel, step: Float, above threshold: Float) -> (slots: [UInt16], estimates: [Float]) {
            // The last of each is nobody's and must stay.
            var slots = [UInt16](repeating: 9, count: count + 1)
            var estimates = [Float](repeating: 9, count: count + 1)
            let hits = table.withUnsafeBufferPointer { table in
                codes.withUnsafeBufferPointer { codes in
                    along.withUnsafeBytes { along in
                        scale.withUnsafeBytes { scale in
                            codes_scan(
                                level.rawValue, UnsafeBufferPointer(rebasing: table[1...]).baseAddress, dimension, step,
                                UnsafeBufferPointer(rebasing: codes[1...]).baseAddress,
                                UnsafeRawBufferPointer(rebasing: along[1...]).baseAddress,
                                UnsafeRawBufferPointer(rebasing: scale[1...]).baseAddress, count, threshold, &slots,
                                &estimates)
                        }
                    }
                }
            }
            #expect(slots[count] == 9 && estimates[count] == 9)
            return (Array(slots.prefix(hits)), Array(estimates.prefix(hits)))
        }
    }

    @Test(arguments: CodeLevel.available)
    func givesWhatThePlainLoopGives(level: CodeLevel) {
        var numbers = SeededNumbers(31)
        for dimension in [1, 7, 8, 9, 15, 17, 64, 65, 100, 384, 385, 1024, 4096] {
            for count in [0, 1, 63, 64, 65, 129, 1024] where dimension * count < 50_000 {
                for strange in [false, true] {
                    let one = Case(dimension: dimension, count: count, strange: strange, &numbers)
                    for (step, threshold): (Double, Float) in [
                        (0.01, 0), (0.01, -Float.infinity), (.infinity, 0), (.nan, 0), (0, .nan),
                    ] {
                        let plain = one.scan(.portable, step: Float(step), above: threshold)
                        let found = one.scan(level, step: Float(step), above: threshold)
                        #expect(found.slots == plain.slots, "\(count) codes of \(dimension)")
                        #expect(found.estimates.map(\.bitPattern) == plain.estimates.map(\.bitPattern))
                        #expect(plain.estimates.allSatisfy { $0 > threshold })
                    }
                }
            }
        }
    }

    /// The plain loop itself, against the sum that it stands for, reckoned from codes and query bit by bit.
    @Test(arguments: [1, 5, 8, 12, 63, 64, 100, 384])
    func theTableStandsForTheRoundedQuery(dimension: Int) {
        var numbers = SeededNumbers(UInt64(dimension))
        let query = (0..<dimension).map { _ in Float.random(in: -1...1, using: &numbers) }
        var table = [UInt8](repeating: 0, count: codes_table_bytes(dimension))
        var step: Float = 0
        codes_table(query, dimension, &table, &step)
        let code = (0..<((dimension + 7) / 8)).map { _ in UInt8.random(in: 0...255, using: &numbers) }
        var sum = 0
        for (index, byte) in code.enumerated() {
            sum += Int(table[32 * index + Int(byte & 15)]) + Int(table[32 * index + 16 + Int(byte >> 4)])
        }
        let product = step * Float(2 * sum - 15 * dimension)
        var exact: Float = 0
        for index in 0..<dimension {
            exact += code[index / 8] >> (index % 8) & 1 == 1 ? query[index] : -query[index]
        }
        #expect(abs(product - exact) <= step * Float(dimension) + 1e-4)
        #expect(step > 0 && step <= 1 / 15)
    }

    @Test func strangeQueriesAndVectorsAreHarmless() {
        for value in [Float.nan, .infinity, -.infinity, .leastNonzeroMagnitude, 0, .greatestFiniteMagnitude] {
            for dimension in [1, 9, 64, 100] {
                let vector = [Float](repeating: value, count: dimension)
                var table = [UInt8](repeating: 99, count: codes_table_bytes(dimension))
                var step: Float = 0
                codes_table(vector, dimension, &table, &step)
                #expect(table.allSatisfy { $0 <= 60 })
                let centre = CodeCentre(key: 1, mean: [Float](repeating: 0.5, count: dimension), seed: 4)
                var block = CodeBlock(layout: CodeLayout(dimension: dimension)!, centre: 1)
                block.append(7, vector, centre)
                #expect(block.live == 1)
            }
        }
    }

    @Test(arguments: [1, 2, 3, 12, 63, 64, 65, 100, 384, 1000])
    func rotationKeepsLengthsAndProducts(dimension: Int) {
        var numbers = SeededNumbers(UInt64(dimension))
        let signs = (0..<(Int(CODES_ROUNDS) * dimension)).map { _ in Float(Bool.random(using: &numbers) ? 1 : -1) }
        let left = numbers.unitVector(dimension), right = numbers.unitVector(dimension)
        var (turnedLeft, turnedRight) = (left, right)
        codes_rotate(&turnedLeft, dimension, signs)
        codes_rotate(&turnedRight, dimension, signs)
        func product(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        #expect(abs(product(turnedLeft, turnedLeft) - 1) < 1e-5)
        #expect(abs(product(turnedLeft, turnedRight) - product(left, right)) < 1e-5)
    }

    /// RaBitQ's promise: no bias, and an error of about 0.75 |d| |q| / sqrt(dimension).
    @Test(arguments: [64, 384, 768])
    func estimatesAreAsGoodAsTheyShould(dimension: Int) throws {
        var numbers = SeededNumbers(77)
        let layout = try #require(CodeLayout(dimension: dimension))
        let centre = CodeCentre(key: 1, mean: numbers.unitVector(dimension).map { $0 * 0.3 }, seed: 5)
        var block = CodeBlock(layout: layout, centre: 1)
        let vectors = (0..<1024).map { _ in numbers.unitVector(dimension) }
        for (index, vector) in vectors.enumerated() { block.append(Int64(index), vector, centre) }
        var (error, square) = (Float(0), Float(0))
        for _ in 0..<8 {
            let query = numbers.unitVector(dimension)
            var scanner = CodeScanner(layout: layout, query: query, limit: 2000, caution: 2, chosen: nil)
            block.bytes.withUnsafeBytes { scanner.scan($0, runs: block.runs, centre: 1) { _ in centre } }
            let found = scanner.found
            #expect(found.count == 1024)
            for candidate in found {
                var exact: Float = 0
                kernels_dot_scan_plain(query, vectors[Int(candidate.id)], 1, dimension, &exact)
                error += (candidate.estimate - exact) / 8192
                square += (candidate.estimate - exact) * (candidate.estimate - exact) / 8192
            }
        }
        // |d| and |q| are about sqrt(1 + 0.09).
        let expected = 0.755 * 1.09 / Float(dimension).squareRoot()
        #expect(abs(error) < 0.2 * expected)
        #expect(abs(square.squareRoot() / expected - 1) < 0.1)
    }

    @Test func anEnvironmentVariableNamesTheLevel() {
        for level in CodeLevel.available { #expect(CodeLevel.named("\(level)") == level) }
        let best = CodeLevel(rawValue: codes_best_level())
        #expect(CodeLevel.named("none") == best && CodeLevel.named(nil) == best)
        #expect(CodeLevel.available.contains(.portable))
        #expect(codes_has_level(17) == 0 && codes_has_level(-1) == 0)
    }
}

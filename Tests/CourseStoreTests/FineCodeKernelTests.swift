import CKernels
import TestSupport
import Testing

@testable import CourseStore

/// Codes of four bits a coordinate: the scan at every level against its plain twin, and what the codes promise.
@Suite struct FineCodeKernelTests {
    @Test(arguments: CodeLevel.available)
    func givesWhatThePlainLoopGives(level: CodeLevel) {
        var numbers = SeededNumbers(41)
        for dimension in [1, 2, 15, 31, 33, 63, 64, 65, 127, 128, 129, 255, 384, 385, 1000, 4096] {
            let bytes = codes_fine_bytes(dimension)
            // A byte of room before each, so that they stand at odd addresses; the largest numbers in the first two codes.
            let query = (0..<(1 + 2 * bytes)).map { _ in Int8.random(in: -127...127, using: &numbers) }
            var fine = (0..<(1 + 9 * bytes)).map { _ in UInt8.random(in: 0...255, using: &numbers) }
            for index in 1...(2 * bytes) { fine[index] = 255 }
            let slots: [UInt16] = [8, 0, 3, 3, 1, 7, 2]
            func sums(_ level: CodeLevel) -> [Int32] {
                var sums = [Int32](repeating: 9, count: slots.count + 1)
                query.withUnsafeBufferPointer { query in
                    fine.withUnsafeBufferPointer { fine in
                        codes_fine_scan(
                            level.rawValue, UnsafeBufferPointer(rebasing: query[1...]).baseAddress, dimension,
                            UnsafeBufferPointer(rebasing: fine[1...]).baseAddress, slots, slots.count, &sums)
                    }
                }
                return sums
            }
            let plain = slots.map { slot in
                (0..<bytes).reduce(Int32(0)) { sum, index in
                    let code = Int32(fine[1 + Int(slot) * bytes + index])
                    return sum + code % 16 * Int32(query[1 + index]) + code / 16 * Int32(query[1 + bytes + index])
                }
            }
            #expect(sums(level) == plain + [9], "\(dimension)")
        }
    }

    /// No bias, an error of about a seventh of what one bit has, and the length that is said of it.
    @Test(arguments: [64, 97, 384])
    func estimatesAreAsGoodAsTheyShould(dimension: Int) {
        var numbers = SeededNumbers(42)
        let rotation = CodeRotation(seed: 3, dimension: dimension)
        var (bias, square, said) = (Float(0), Float(0), Float(0))
        for _ in 0..<400 {
            let vector = numbers.unitVector(dimension), query = numbers.unitVector(dimension)
            let rotated = rotation(vector)
            var fine = [UInt8](repeating: 0, count: codes_fine_bytes(dimension))
            var (scale, error) = (Float(0), Float(0))
            codes_fine_encode(rotated, dimension, &fine, &scale, &error)
            let list = ListQuery(query, rotation, level: .portable)
            var sum: Int32 = 0
            codes_fine_scan(CodeLevel.portable.rawValue, list.fine, dimension, fine, [0], 1, &sum)
            let exact = zip(vector, query).reduce(Float(0)) { $0 + $1.0 * $1.1 }
            let difference = scale * list.fineProduct(sum) - exact
            bias += difference / 400
            square += difference * difference / 400
            said += error * error / Float(dimension) / 400
        }
        #expect(abs(bias) < 0.2 * square.squareRoot())
        #expect(square.squareRoot() < 0.13 / Float(dimension).squareRoot())
        #expect(abs((square / said).squareRoot() - 1) < 0.15)
    }

    @Test func strangeNumbersAreHarmless() {
        for value in [Float.nan, .infinity, -.infinity, .leastNonzeroMagnitude, 0, .greatestFiniteMagnitude] {
            for dimension in [1, 9, 64] {
                let vector = [Float](repeating: value, count: dimension)
                // The last of each is nobody's and must stay.
                var fine = [UInt8](repeating: 77, count: codes_fine_bytes(dimension) + 1)
                var query = [Int8](repeating: 77, count: 2 * codes_fine_bytes(dimension) + 1)
                var (scale, error, step) = (Float(0), Float(0), Float(0))
                codes_fine_encode(vector, dimension, &fine, &scale, &error)
                let sum = codes_fine_query(vector, dimension, &query, &step)
                #expect(fine.last == 77 && query.last == 77)
                #expect(Int(sum) == query.dropLast().reduce(0) { $0 + Int($1) })
            }
        }
    }
}

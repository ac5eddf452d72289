import CKernels
import TestSupport
import Testing

@testable import CourseStore

@Suite struct ListCentresTests {
    @Test func theNearestIsWhatAPlainLoopFinds() {
        var numbers = SeededNumbers(61)
        let dimension = 17
        // Of different lengths, so that the product alone does not tell.
        let floats = (0..<9).flatMap { number in numbers.unitVector(dimension).map { $0 * Float(number + 1) / 4 } }
        let centres = ListCentres(floats, dimension: dimension)
        let rows = (0..<ListCentres.batch).flatMap { _ in numbers.unitVector(dimension) }
        var scores: [Float] = []
        let nearest = rows.withUnsafeBufferPointer { centres.nearest(to: $0, &scores) }
        func distance(_ row: Int, _ centre: Int) -> Float {
            (0..<dimension).reduce(0) { sum, axis in
                let apart = rows[row * dimension + axis] - floats[centre * dimension + axis]
                return sum + apart * apart
            }
        }
        #expect(nearest.count == ListCentres.batch && Set(nearest).count > 2)
        for (row, centre) in nearest.enumerated() {
            let least = (0..<9).map { distance(row, $0) }.min() ?? 0
            #expect(distance(row, centre) <= least + 1e-5)
        }
        let query = numbers.unitVector(dimension)
        for (centre, product) in centres.products(query).enumerated() {
            let plain = (0..<dimension).reduce(Float(0)) { $0 + query[$1] * floats[centre * dimension + $1] }
            #expect(abs(product - plain) < 1e-5)
        }
    }

    /// Three groups far apart, a centre begun in each, and one that nothing is near to.
    @Test func centresMoveToTheMiddleOfWhatIsNear() throws {
        let sample: [Float] = [0, 1, 0, 3, 10, 0, 12, 0, -9, -9, -9, -9]
        var centres = ListCentres([0, 0, 9, 0, -5, -5, 100, 100], dimension: 2)
        var checks = 0
        centres.settle(on: sample, rounds: 3) { checks += 1 }
        #expect(centres.floats == [0, 2, 11, 0, -9, -9, 100, 100])
        #expect(checks == 3)
        #expect(throws: CancellationError.self) {
            try centres.settle(on: sample, rounds: 1) { throw CancellationError() }
        }
    }

    @Test func aFullListIsFollowedByAnotherOfTheSameCentre() {
        var placing = ListPlacing(centres: ListCentres([1, 0, -1, 0], dimension: 2), capacity: 3)
        let rows: [Float] = [1, 0, 0.9, 0, -1, 0, 0.8, 0, 0.7, 0, 0.6, 0, 0.5, 0, 0.4, 0]
        rows.withUnsafeBufferPointer { placing.add([1, 2, 3, 5, 6, 7, 8, 9], $0) }
        #expect(placing.places == [0, 0, 1, 0, 2, 2, 2, 3])
        #expect(placing.lists.map(\.centre) == [0, 1, 0, 0] && placing.lists.map(\.count) == [3, 1, 3, 1])
        var filling = ListFilling(placing, rotation: CodeRotation(seed: 1, dimension: 2))
        // The chunk 5 is gone meanwhile.
        let left: [Float] = [1, 0, 0.9, 0, -1, 0, 0.7, 0, 0.6, 0]
        left.withUnsafeBufferPointer { filling.add([1, 2, 3, 6, 7], $0) }
        #expect(filling.lists.map(\.ids) == [[1, 2], [3], [6, 7], []])
    }
}

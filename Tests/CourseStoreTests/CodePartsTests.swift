import TestSupport
import Testing

@testable import CourseStore

/// The small values that the index is made of.
@Suite struct CodePartsTests {
    @Test func rangesOfChunks() {
        var numbers = SeededNumbers(3)
        for _ in 0..<50 {
            let ids = Set((0..<30).map { _ in Int64.random(in: 0...60, using: &numbers) })
            let ranges = ChunkRanges(ids: ids.shuffled(using: &numbers))
            #expect(ranges.count == ids.count)
            for id in Int64(-2)...62 {
                #expect(ranges.contains(id) == ids.contains(id))
                #expect(ranges.overlaps(id...(id + 3)) == ids.contains { (id...(id + 3)).contains($0) })
            }
            for (left, right) in zip(ranges.ranges, ranges.ranges.dropFirst()) {
                #expect(left.upperBound + 1 < right.lowerBound)
            }
            #expect(ranges.spans(gap: 1000).count == 1)
            var within: [Int64] = []
            ranges.forEach(within: 10...40) { within += $0 }
            #expect(within == ids.filter { (10...40).contains($0) }.sorted())
            let others = ChunkRanges([.min...7, 20...33, 50...51])
            #expect(ranges.intersection(others) == ChunkRanges(ids: ids.filter(others.contains)))
            #expect(ranges.spread(99) == ids.sorted())
            let some = ranges.spread(5)
            #expect(some.count == min(5, ids.count) && some == some.sorted() && some.allSatisfy(ids.contains))
            #expect(Set(some).count == some.count && some.first == ids.min())
        }
        #expect(ChunkRanges([5...9, 1...6, 20...20]).ranges == [1...9, 20...20])
        #expect(ChunkRanges([.min ... .max, 3...4]).ranges == [.min ... .max])
        #expect(ChunkRanges([.min ... .max]).count == .max)
        #expect(ChunkRanges([]).count == 0 && !ChunkRanges([]).contains(1))
    }

    @Test func runsOfSlots() throws {
        var runs = SlotRuns()
        let ids: [Int64] = [3, 4, 5, 9, 10, 400, 401, 1 << 40]
        for id in ids { runs.append(id) }
        #expect(runs.count == 8 && runs.lastID == 1 << 40)
        #expect((0..<8).map { runs.id(ofSlot: $0) } == ids)
        func slots(of ids: ClosedRange<Int64>) -> [Int] {
            var slots: [Int] = []
            runs.forEachSlot(of: ids) { slots.append($0) }
            return slots
        }
        #expect(slots(of: 4...9) == [1, 2, 3] && slots(of: 6...8) == [])
        #expect(slots(of: .min ... .max) == Array(0..<8))
        #expect(runs.ids == 3...(1 << 40) && SlotRuns().ids == nil)
        let bytes = runs.bytes
        #expect(bytes.withUnsafeBytes { SlotRuns(bytes: $0, capacity: 8) } == runs)
        // Too many, cut short, and not ascending.
        #expect(bytes.withUnsafeBytes { SlotRuns(bytes: $0, capacity: 7) } == nil)
        #expect(bytes.dropLast().withUnsafeBytes { SlotRuns(bytes: $0, capacity: 8) } == nil)
        #expect((bytes + bytes).withUnsafeBytes { SlotRuns(bytes: $0, capacity: 99) } == nil)
        #expect([UInt8](repeating: 255, count: 12).withUnsafeBytes { SlotRuns(bytes: $0, capacity: 99) } == nil)
        #expect(SlotRuns().bytes.isEmpty && SlotRuns().lastID == nil)
    }

    @Test func candidatesAreTheBestOfAll() {
        var numbers = SeededNumbers(12)
        for limit in [1, 2, 7, 100] {
            var candidates = Candidates(limit: limit)
            var all: [Candidate] = []
            for id in 0..<2000 {
                // Few different estimates, so that many are equal.
                let estimate = Float(Int.random(in: 0..<500, using: &numbers))
                if estimate > candidates.threshold {
                    let candidate = Candidate(id: Int64(id), estimate: estimate, slack: 0)
                    candidates.add(candidate)
                }
                all.append(Candidate(id: Int64(id), estimate: estimate, slack: 0))
                if id % 64 == 0 { candidates.settle() }
            }
            let expected = all.map(\.estimate).sorted(by: >).prefix(limit)
            #expect(candidates.found.map(\.estimate).sorted(by: >).prefix(limit) == expected)
            #expect(candidates.found.count < 2 * limit + 64)
        }
    }

    @Test func contendersAreThoseThatMayBeAmongTheBest() {
        let estimates: [(Float, Float)] = [(9, 1), (5, 2), (5, 1), (8, 3), (4, 4), (4, 0.5), (2, 2.9)]
        let all = estimates.enumerated().map { Candidate(id: Int64(7 - $0), estimate: $1.0, slack: $1.1) }
        // The two best have at least 5: those that may have so much, of equal ones the smaller id first.
        #expect(all.contenders(for: 2).map(\.id) == [7, 4, 5, 6, 3])
        #expect(all.contenders(for: 8).count == 7)
        #expect([Candidate]().contenders(for: 3).isEmpty)
    }
}

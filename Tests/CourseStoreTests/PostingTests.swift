import TestSupport
import Testing

@testable import CourseStore

@Suite struct PostingTests {
    private func postings(_ count: Int, _ numbers: inout SeededNumbers, widest: UInt32 = 90) -> [Posting] {
        var chunk: UInt32 = 0
        return (0..<count).map { _ in
            chunk += UInt32.random(in: 1...widest, using: &numbers)
            return Posting(chunk: chunk, frequency: UInt16.random(in: 1...5, using: &numbers))
        }
    }

    private func decode(_ bytes: [UInt8]) -> [Posting]? { bytes.withUnsafeBytes(PostingBlock.decode) }

    @Test(arguments: [1, 2, 3, 127, 128, 129, 255, 256, 257, 1_000, 1_023, 1_024])
    func aBlockComesBackAsItWent(count: Int) {
        var numbers = SeededNumbers(UInt64(count))
        for widest: UInt32 in [1, 2, 90, 1_000_000] {
            let postings = postings(count, &numbers, widest: widest)
            #expect(decode(PostingBlock.encode(postings[...])) == postings)
        }
    }

    @Test func theLargestNumbersFit() {
        let postings = [
            Posting(chunk: 1, frequency: .max), Posting(chunk: 2, frequency: 1),
            Posting(chunk: PostingBlock.largestChunk, frequency: 300),
        ]
        #expect(decode(PostingBlock.encode(postings[...])) == postings)
    }

    @Test func aListPutsBlocksIntoTheirOrder() {
        var list = PostingList()
        for (first, isAscending) in [(10, true), (20, true), (15, false), (30, false)] as [(UInt32, Bool)] {
            let bytes = PostingBlock.encode([
                Posting(chunk: first, frequency: UInt16(first)), Posting(chunk: first + 1, frequency: 1),
            ])
            let isAdded = bytes.withUnsafeBytes { list.append($0) }
            #expect(isAdded && list.isAscending == isAscending)
        }
        list.sort()
        #expect(list.isAscending)
        #expect(list.chunks == [10, 11, 15, 16, 20, 21, 30, 31])
        #expect(list.frequencies == [10, 1, 15, 1, 20, 1, 30, 1])
    }

    @Test func whatIsNotWholeIsRefusedOrHarmless() {
        var numbers = SeededNumbers(5)
        let whole = PostingBlock.encode(postings(300, &numbers)[...])
        for count in 0..<whole.count { #expect(decode(Array(whole.prefix(count))) == nil) }
        for _ in 0..<4_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &numbers) {
                bytes[Int.random(in: 0..<bytes.count, using: &numbers)] = UInt8.random(in: 0...255, using: &numbers)
            }
            guard let postings = decode(bytes) else { continue }
            #expect(postings.count <= PostingBlock.capacity)
            #expect(zip(postings, postings.dropFirst()).allSatisfy { $0.chunk <= $1.chunk })
        }
        #expect(decode((0..<500).map { _ in 0xff }) == nil)
    }
}

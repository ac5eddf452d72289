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
            #expect(decode(PostingBlock.encode(postings[...]) { _ in 7 }) == postings)
        }
    }

    @Test func theLargestNumbersFit() {
        let postings = [
            Posting(chunk: 1, frequency: .max), Posting(chunk: 2, frequency: 1),
            Posting(chunk: PostingBlock.largestChunk, frequency: 300),
        ]
        #expect(decode(PostingBlock.encode(postings[...]) { _ in .max }) == postings)
    }

    @Test func groupsAreBoundedByTheirOwn() throws {
        let postings = (1...200).map { Posting(chunk: $0, frequency: $0 == 150 ? 9 : 2) }
        let bytes = PostingBlock.encode(postings[...]) { $0 < 100 ? 50 : UInt16($0) }
        let list = PostingList()
        #expect(bytes.withUnsafeBytes(list.append))
        let groups = (0..<list.groupCount).map { list.groups[$0] }
        #expect(groups.map(\.highestFrequency) == [2, 9])
        #expect(groups.map(\.shortest.0) == [.max, .max])
        #expect(groups.map(\.shortest.1) == [50, 129])
        #expect(groups.map(\.shortest.2) == [.max, 150])
        #expect(groups.map(\.last) == [128, 200] && list.lastChunk == 200)
    }

    @Test func aListTakesOnlyWhatAscends() {
        let list = PostingList()
        for first: UInt32 in [10, 20, 15, 30] {
            let bytes = PostingBlock.encode([Posting(chunk: first, frequency: 1)]) { _ in 1 }
            #expect(bytes.withUnsafeBytes(list.append) == (first != 15))
        }
        #expect(list.count == 3)
    }

    @Test func whatIsNotWholeIsRefusedOrHarmless() {
        var numbers = SeededNumbers(5)
        let whole = PostingBlock.encode(postings(300, &numbers)[...]) { _ in 3 }
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

    @Test func aCursorFindsWhatIsThereAndNothingElse() {
        var numbers = SeededNumbers(9)
        let postings = postings(700, &numbers, widest: 12)
        let list = PostingList()
        #expect(PostingBlock.encode(postings[...]) { _ in 3 }.withUnsafeBytes(list.append))
        let frequencies = Dictionary(uniqueKeysWithValues: postings.map { ($0.chunk, UInt32($0.frequency)) })
        for step: UInt32 in [1, 3, 50, 500] {
            let cursor = PostingCursor(list)
            for chunk in stride(from: 1, through: list.lastChunk + 5, by: Int(step)) {
                #expect(cursor.frequency(in: chunk) == frequencies[chunk])
            }
        }
        let cursor = PostingCursor(list)
        var seen: [Posting] = []
        for start in stride(from: UInt32(0), through: list.lastChunk, by: 100) {
            cursor.forEachRun(from: start, below: start + 100) { chunks, frequencies, count in
                for place in 0..<count {
                    seen.append(Posting(chunk: chunks[place], frequency: UInt16(frequencies[place])))
                }
            }
        }
        #expect(seen == postings)
    }
}

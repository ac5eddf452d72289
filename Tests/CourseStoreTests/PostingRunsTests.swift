import SQLite
import Support
import TestSupport
import Testing

@testable import CourseStore

/// Postings as searches read them, and the search over many windows against scoring everything.
@Suite struct PostingRunsTests {
    private let bm25: BM25

    init() {
        var statistics = LexicalStatistics()
        for words in [50, 90, 130] { statistics.add(language: .english, words: words) }
        bm25 = BM25(statistics)
    }

    private func list(_ postings: [Posting]) -> PostingList {
        var list = PostingList()
        var rest = postings[...]
        while !rest.isEmpty {
            let block = PostingBlock.encode(rest.prefix(PostingBlock.capacity))
            #expect(block.withUnsafeBytes { list.append($0) })
            rest = rest.dropFirst(PostingBlock.capacity)
        }
        return list
    }

    /// Lengths of all chunks of some blocks.
    private func lengths(_ blocks: [UInt32], _ numbers: inout SeededNumbers) -> ChunkLengths {
        ChunkLengths(
            blocks: blocks,
            words: (0..<(blocks.count * ChunkLengths.blockSize)).map { _ in .random(in: 1...200, using: &numbers) })
    }

    @Test func holdWhatTheListHolds() throws {
        var numbers = SeededNumbers(3)
        let lengths = lengths([1, 2, 7], &numbers)
        let size = UInt32(ChunkLengths.blockSize)
        var postings: [Posting] = []
        for chunk in size..<(8 * size) where lengths.slot(of: chunk / size) != nil && chunk % 3 == 0 {
            let frequency: UInt16 =
                chunk % 600 == 0 ? .random(in: 33...65_535, using: &numbers) : 1 + UInt16(chunk % 32)
            postings.append(Posting(chunk: chunk, frequency: frequency))
        }
        let lists = try #require(PostingRuns.lists(list(postings), lengths: lengths, bm25))
        #expect(lists.count > 2 && lists.reduce(0) { $0 + $1.count } == postings.count)
        let frequencies = Dictionary(uniqueKeysWithValues: postings.map { ($0.chunk, UInt32($0.frequency)) })
        for chunk in 0..<(9 * size) {
            #expect(lists.compactMap { $0.frequency(in: chunk, lengths) } == [frequencies[chunk]].compactMap { $0 })
        }
        for posting in postings {
            let unit = bm25.score(1, frequency: UInt32(posting.frequency), length: lengths[posting.chunk])
            let slot = try #require(lengths.slot(of: posting.chunk / size))
            let bounds = lists.flatMap { list in
                (0..<list.runCount).filter { list.slots[$0] == UInt32(slot) }.map { list.bounds[$0] }
            }
            #expect(bounds.contains { Double($0) >= unit })
        }
    }

    @Test func aChunkWithoutALengthIsRefused() {
        var numbers = SeededNumbers(4)
        let lengths = lengths([0, 2], &numbers)
        let size = UInt32(ChunkLengths.blockSize)
        for chunk in [size, 3 * size, PostingBlock.largestChunk] {
            let postings = [Posting(chunk: 7, frequency: 1), Posting(chunk: chunk, frequency: 1)]
            #expect(PostingRuns.lists(list(postings), lengths: lengths, bm25) == nil)
        }
        #expect(PostingRuns.lists(PostingList(), lengths: lengths, bm25)?.isEmpty == true)
    }

    /// Terms of all rarities, in blocks of ids with gaps between them, many chunks of equal scores among them.
    @Test(arguments: [1, 2, 3, 4])
    func theBestAreThoseOfScoringEverything(seed: UInt64) throws {
        var numbers = SeededNumbers(seed)
        let blocks = (0..<24).map { UInt32(1 + $0 * 3 / 2) }
        var lengths = lengths(blocks, &numbers)
        if seed == 4 {
            lengths = ChunkLengths(
                blocks: blocks, words: [UInt16](repeating: 9, count: blocks.count * ChunkLengths.blockSize))
        }
        let size = UInt32(ChunkLengths.blockSize)
        var terms: [LexicalScorer.Term] = []
        var scores: [UInt32: Double] = [:]
        for rarity in [9, 30, 100, 500, 5_000] {
            var postings: [Posting] = []
            for block in blocks {
                var place = UInt32.random(in: 0..<UInt32(2 * rarity), using: &numbers)
                while place < size {
                    let frequency: UInt16 = Int.random(in: 0..<50, using: &numbers) == 0 ? 40 : 1
                    postings.append(Posting(chunk: block * size + place, frequency: seed == 4 ? 1 : frequency))
                    place += .random(in: 1...UInt32(2 * rarity), using: &numbers)
                }
            }
            let weight = bm25.weight(frequency: 1) * Double(rarity).squareRoot()
            for runs in try #require(PostingRuns.lists(list(postings), lengths: lengths, bm25)) {
                terms.append(LexicalScorer.Term(runs: runs, weight: weight))
            }
            for posting in postings {
                scores[posting.chunk, default: 0] += bm25.score(
                    weight, frequency: UInt32(posting.frequency), length: lengths[posting.chunk])
            }
        }
        var expected: [ScoredChunk] = scores.map { ScoredChunk(id: Int64($0.key), score: Float($0.value)) }
        expected.sort { $0.score == $1.score ? $0.id < $1.id : $0.score > $1.score }
        let scorer = LexicalScorer(bm25, lengths: lengths, terms: terms)
        for limit in [1, 2, 50, 1_000, 200_000] {
            let isEqual = scorer.best(limit) == Array(expected.prefix(limit))
            #expect(isEqual, "\(limit)")
        }
        let chosen = Set(scores.keys.sorted().prefix(300) + [1_000_000])
        let found = scorer.scores(of: chosen)
        #expect(found.count == chosen.count - 1)
        #expect(found.allSatisfy { abs($0.value - (scores[$0.key] ?? 0)) < 1e-9 })
    }

    @Test func theHeapKeepsTheBest() {
        var numbers = SeededNumbers(8)
        for count in [0, 1, 2, 3, 49, 50, 51, 2_000] {
            let chunks = (0..<count).map { id in
                ScoredChunk(id: Int64(id), score: Float(Int.random(in: 1...40, using: &numbers)) / 8)
            }
            for limit in [1, 2, 50] {
                var best = BestChunks(limit: limit)
                for chunk in chunks.shuffled(using: &numbers) { best.insert(UInt32(chunk.id), chunk.score) }
                let expected = chunks.sorted { $0.score == $1.score ? $0.id < $1.id : $0.score > $1.score }
                #expect(best.sorted() == Array(expected.prefix(limit)))
                #expect(best.threshold == (count < limit ? 0 : expected[limit - 1].score))
            }
        }
    }
}

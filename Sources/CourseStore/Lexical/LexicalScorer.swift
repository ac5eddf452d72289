/// Finds the chunks with the highest sums of term scores without scoring all of them.
///
/// MaxScore (Turtle, Flood 1995) over windows of `ChunkLengths.blockSize` ids, with the bounds that the runs hold (Ding,
/// Suel 2011), the most promising window first: one that cannot hold a chunk above what is already found ends the search,
/// and in a window the runs that together cannot lift a chunk so high are only asked about chunks that the others hold.
/// What is left out could not have been among the best: the result is that of scoring everything.
struct LexicalScorer {
    /// A term's postings and what it weighs.
    struct Term {
        let runs: PostingRuns
        /// From `BM25.weight`.
        let weight: Double
    }

    /// Sums of the same terms in another order differ by less than this part of them.
    private static let slack = 1e-9

    private let bm25: BM25
    private let lengths: ChunkLengths
    private let terms: [Term]

    init(_ bm25: BM25, lengths: ChunkLengths, terms: [Term]) {
        self.bm25 = bm25
        self.lengths = lengths
        self.terms = terms
    }

    /// The scores of chosen chunks, where one of the terms occurs.
    func scores(of chunks: Set<UInt32>) -> [UInt32: Double] {
        var scores: [UInt32: Double] = [:]
        for chunk in chunks {
            let length = lengths[chunk]
            for term in terms {
                guard let frequency = term.runs.frequency(in: chunk, lengths) else { continue }
                scores[chunk, default: 0] += bm25.score(term.weight, frequency: frequency, length: length)
            }
        }
        return scores
    }

    /// The best chunks, best first.
    func best(_ limit: Int) -> [ScoredChunk] {
        guard limit > 0, !terms.isEmpty else { return [] }
        var best = BestChunks(limit: limit)
        // What rounds to the worst that was found may be as good.
        var threshold: Double {
            let worst = best.threshold
            return worst > 0 ? (Double(worst) - Double(worst.ulp)) * (1 - Self.slack) : 0
        }
        let plan = LexicalPlan(terms, slots: lengths.blocks.count)
        let window = LexicalWindow()
        lengths.words.withUnsafeBufferPointer { words in
            plan.forEachWindow {
                $0 >= threshold
            } _: { slot, runs in
                let first = lengths.blocks[slot] * UInt32(ChunkLengths.blockSize)
                window.search(runs, bm25.norm(words, slot: slot), from: threshold) { place, score in
                    best.insert(first + place, score)
                }
            }
        }
        return best.sorted()
    }
}

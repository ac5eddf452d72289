/// Finds the chunks with the highest sums of term scores without scoring all of them.
///
/// MaxScore (Turtle, Flood 1995) over windows of `ChunkLengths.blockSize` ids, with the bounds that the lists hold for
/// every 128 postings (Ding, Suel 2011): in a window, the lists that together cannot lift a chunk above what is already
/// found are only asked about chunks that the others hold, and a window that cannot hold any such chunk is passed. What is
/// left out could not have been among the best: the result is that of scoring everything.
struct LexicalScorer {
    /// A term's postings and what it weighs.
    struct Term {
        let list: PostingList
        /// From `BM25.weight`.
        let weight: Double
    }

    /// Sums of the same terms in another order differ by less than this part of them.
    private static let slack = 1e-9
    /// The longest list that is read twice for a threshold to begin with.
    private static let previewLimit = 8_192

    private let bm25: BM25
    private let lengths: ChunkLengths
    private let terms: [Term]

    init(_ bm25: BM25, lengths: ChunkLengths, terms: [Term]) {
        self.bm25 = bm25
        self.lengths = lengths
        self.terms = terms.filter { $0.list.count > 0 }
    }

    /// The scores of chosen chunks, where one of the terms occurs.
    func scores(of chunks: Set<UInt32>) -> [UInt32: Double] {
        let ascending = chunks.sorted()
        var scores: [UInt32: Double] = [:]
        for term in terms {
            let cursor = PostingCursor(term.list)
            for chunk in ascending {
                guard let frequency = cursor.frequency(in: chunk) else { continue }
                scores[chunk, default: 0] += bm25.score(term.weight, frequency: frequency, length: lengths[chunk])
            }
        }
        return scores
    }

    /// The best chunks, best first.
    func best(_ limit: Int) -> [ScoredChunk] {
        guard limit > 0, !terms.isEmpty else { return [] }
        var best = BestScores(limit: limit)
        let floor = floor(limit)
        let lanes = terms.map { LexicalLane($0, bm25) }
        var order = Array(lanes.indices)
        let window = LexicalWindow()
        var next: UInt32 = 0
        while true {
            var least = UInt32.max
            for lane in lanes where !lane.cursor.isAtEnd { least = min(least, lane.cursor.leastChunk) }
            if least == .max { return best.sorted() }
            let number = max(next, least / UInt32(LexicalWindow.size))
            let first = number * UInt32(LexicalWindow.size)
            for lane in lanes { lane.enter(first) }
            order.sort { lanes[$0].bound < lanes[$1].bound }
            let threshold = max(floor, best.threshold.map { Double($0) - Double($0.ulp) } ?? 0) * (1 - Self.slack)
            search(first, lengths.block(number), lanes, order, window, threshold)
            window.takeAll { offset, score in
                let score = Float(score)
                if let worst = best.threshold, score < worst { return }
                best.insert(ScoredChunk(id: Int64(first) + Int64(offset), score: score))
            }
            next = number + 1
        }
    }

    /// A score that at least `limit` chunks reach: by the rarest term that is in so many, for a start. 0 when there is none.
    private func floor(_ limit: Int) -> Double {
        let candidates = terms.filter { (limit...Self.previewLimit).contains($0.list.count) }
        guard terms.count > 1, let term = candidates.max(by: { $0.weight < $1.weight }) else { return 0 }
        var scores: [Double] = []
        scores.reserveCapacity(term.list.count)
        let cursor = PostingCursor(term.list)
        while !cursor.isAtEnd {
            let number = cursor.leastChunk / UInt32(LexicalWindow.size)
            let first = number * UInt32(LexicalWindow.size)
            lengths.block(number).withUnsafeBufferPointer { words in
                cursor.forEachRun(from: first, below: first + UInt32(LexicalWindow.size)) {
                    chunks, frequencies, count in
                    for place in 0..<count {
                        let length = words[Int(chunks[place] &- first) & (LexicalWindow.size - 1)]
                        scores.append(bm25.score(term.weight, frequency: frequencies[place], length: length))
                    }
                }
            }
        }
        return Double(Float(scores.largest(limit)))
    }

    /// Leaves in `window` all chunks that reach `threshold`, with their scores.
    private func search(
        _ first: UInt32, _ words: [UInt16], _ lanes: [LexicalLane], _ order: [Int], _ window: LexicalWindow,
        _ threshold: Double
    ) {
        // The first lanes that together stay below the threshold.
        var (optional, sum) = (0, 0.0)
        while optional < order.count, sum + lanes[order[optional]].bound < threshold {
            sum += lanes[order[optional]].bound
            optional += 1
        }
        guard optional < order.count else { return }
        words.withUnsafeBufferPointer { words in
            for index in order[optional...] where lanes[index].bound > 0 {
                window.add(lanes[index], first, words, bm25)
            }
            guard optional > 0, sum > 0 else { return }
            window.keep(above: threshold - sum, sorting: order.count - optional > 1)
            for index in order[..<optional].reversed() where lanes[index].bound > 0 {
                window.keep(above: threshold - sum, sorting: false)
                sum -= lanes[index].bound
                window.lookUp(lanes[index], first, words, bm25)
            }
        }
    }
}

extension [Double] {
    /// The `rank`-th largest of them, from 1; 0 when there are fewer.
    fileprivate func largest(_ rank: Int) -> Double {
        guard (1...Swift.max(1, count)).contains(rank), rank <= count else { return 0 }
        var values = self
        var (low, high) = (0, count - 1)
        let target = rank - 1
        // Hoare's selection, largest first.
        while low < high {
            let pivot = values[(low + high) / 2]
            var (left, right) = (low, high)
            while left <= right {
                while values[left] > pivot { left += 1 }
                while values[right] < pivot { right -= 1 }
                if left <= right {
                    values.swapAt(left, right)
                    left += 1
                    right -= 1
                }
            }
            if target <= right { high = right } else if target >= left { low = left } else { break }
        }
        return values[target]
    }
}

import SQLite
import Support

/// A question's words with what the index holds of them.
struct LexicalSearch {
    private struct Entry {
        let word: QuestionWords.Word
        /// Lists that share no chunk.
        let lists: [PostingList]
        /// 1, or less for a word that stands for one that is spelt otherwise.
        let trust: Double

        /// Chunks that hold the word, in any language.
        var frequency: Int { lists.reduce(0) { $0 + $1.count } }
    }

    private let snapshot: LexicalCache.Snapshot
    private let entries: [Entry]

    /// Reads the postings of words.
    init(
        _ words: some Sequence<QuestionWords.Word>, _ snapshot: LexicalCache.Snapshot, in connection: Connection
    ) throws {
        self.snapshot = snapshot
        var entries: [Entry] = []
        for word in words {
            var lists: [PostingList] = []
            for language in TextLanguage.allCases where snapshot.statistics.has(language) {
                lists += try Self.lists(PostingBatch.key(word.term(in: language), language), in: connection)
            }
            entries.append(Entry(word: word, lists: lists, trust: 1))
        }
        self.entries = entries
    }

    /// The best chunks, best first, and the scores of those of `ids` that hold a word.
    func hits(limit: Int, scoring ids: Set<Int64>) -> LexicalHits {
        let bm25 = BM25(snapshot.statistics)
        let terms = entries.flatMap { entry in
            let weight = bm25.weight(frequency: entry.frequency) * entry.trust
            return entry.lists.map { LexicalScorer.Term(list: $0, weight: weight) }
        }
        let scorer = LexicalScorer(bm25, lengths: snapshot.lengths, terms: terms)
        let scores = ids.isEmpty ? [:] : scorer.scores(of: Set(ids.compactMap { UInt32(exactly: $0) }))
        return LexicalHits(
            best: scorer.best(limit),
            scores: Dictionary(uniqueKeysWithValues: scores.map { (Int64($0.key), Float($0.value)) }))
    }

    /// Where each word occurs.
    func occurrences(in ids: [Int64]) -> [TermOccurrence] {
        let chunks = Set(ids.compactMap { UInt32(exactly: $0) }).sorted()
        return entries.map { entry in
            var holders: Set<Int64> = []
            for list in entry.lists {
                let cursor = PostingCursor(list)
                for chunk in chunks where cursor.frequency(in: chunk) != nil { holders.insert(Int64(chunk)) }
            }
            return TermOccurrence(term: entry.word.written, frequency: entry.frequency, chunkIDs: holders)
        }
    }

    /// All postings of a term, in as few lists as ascend.
    private static func lists(_ term: String, in connection: Connection) throws -> [PostingList] {
        var lists: [PostingList] = []
        func add(_ block: UnsafeRawBufferPointer) throws {
            for list in lists where list.append(block) { return }
            let list = PostingList()
            guard list.append(block) else { throw PostingTable.corrupt(in: connection) }
            lists.append(list)
        }
        try PostingTable.forEach(term, in: connection, add)
        try RecentPostings.forEach(term, in: connection, add)
        return lists
    }
}

import SQLite
import Support

/// A question's words with what the index holds of them.
struct LexicalSearch {
    private struct Entry {
        let word: QuestionWords.Word
        /// Lists that share no chunk.
        let lists: [PostingRuns]
        /// 1, or less for a word that stands for one that is spelt otherwise.
        let trust: Double

        /// Chunks that hold the word, in any language.
        var frequency: Int { lists.reduce(0) { $0 + $1.count } }
    }

    private let snapshot: LexicalCache.Snapshot
    private let entries: [Entry]

    /// What a word weighs that stands for one that is spelt otherwise, against one that was written.
    private static let correctedTrust = 0.7

    /// Reads the postings of words.
    /// - Parameters:
    ///   - correcting: whether a word that is in no text stands for the one that it may have been meant to be.
    ///   - cache: nil in a transaction that has changed the index.
    init(
        _ words: some Sequence<QuestionWords.Word>, correcting: Bool = false, _ cache: LexicalCache?,
        in connection: Connection
    ) throws {
        let snapshot = try cache?.current(in: connection) ?? LexicalCache.Snapshot(in: connection)
        self.snapshot = snapshot
        let languages = TextLanguage.allCases.filter(snapshot.statistics.has)
        func lists(_ term: String) throws -> [PostingRuns] {
            if let known = cache?.postings(of: term, snapshot) { return known }
            let read = try Self.lists(of: term, snapshot, in: connection)
            cache?.keep(read, of: term, snapshot)
            return read
        }
        var unknown = 0
        var entries: [Entry] = []
        for word in words {
            var found = try languages.flatMap { try lists(PostingBatch.key(word.term(in: $0), $0)) }
            var trust = 1.0
            if found.isEmpty, correcting, !word.isName, word.folded.utf8.count >= Spelling.shortest,
                unknown < Spelling.wordLimit
            {
                unknown += 1
                trust = Self.correctedTrust
                for language in languages {
                    let term = try Spelling.correction(
                        of: word.term(in: language), key: { PostingBatch.key($0, language) }, in: connection
                    ) { try snapshot.chosen == nil || !lists($0).isEmpty }
                    if let term { found += try lists(term) }
                }
            }
            entries.append(Entry(word: word, lists: found, trust: trust))
        }
        self.entries = entries
    }

    /// The best chunks, best first, and the scores of those of `ids` that hold a word.
    func hits(limit: Int, scoring ids: Set<Int64>) -> LexicalHits {
        let bm25 = BM25(snapshot.statistics)
        let terms = entries.flatMap { entry in
            let weight = bm25.weight(frequency: entry.frequency) * entry.trust
            return entry.lists.map { LexicalScorer.Term(runs: $0, weight: weight) }
        }
        let scorer = LexicalScorer(bm25, lengths: snapshot.lengths, terms: terms)
        let scores = ids.isEmpty ? [:] : scorer.scores(of: Set(ids.compactMap { UInt32(exactly: $0) }))
        return LexicalHits(
            best: scorer.best(limit),
            scores: Dictionary(uniqueKeysWithValues: scores.map { (Int64($0.key), Float($0.value)) }))
    }

    /// Where each word occurs.
    func occurrences(in ids: [Int64]) -> [TermOccurrence] {
        let chunks = Set(ids.compactMap { UInt32(exactly: $0) })
        return entries.map { entry in
            var holders: Set<Int64> = []
            for list in entry.lists {
                for chunk in chunks where list.frequency(in: chunk, snapshot.lengths) != nil {
                    holders.insert(Int64(chunk))
                }
            }
            return TermOccurrence(term: entry.word.written, frequency: entry.frequency, chunkIDs: holders)
        }
    }

    /// All postings of a term; none when it is in no chunk.
    private static func lists(
        of term: String, _ snapshot: LexicalCache.Snapshot, in connection: Connection
    ) throws -> [PostingRuns] {
        var list = PostingList()
        func add(_ block: UnsafeRawBufferPointer) throws {
            guard list.append(block) else { throw PostingTable.corrupt(in: connection) }
        }
        try PostingTable.forEach(term, in: connection, add)
        try RecentPostings.forEach(term, in: connection, add)
        list.sort()
        if let chosen = snapshot.chosen { list.keep(chosen) }
        guard let runs = PostingRuns.lists(list, lengths: snapshot.lengths, BM25(snapshot.statistics)) else {
            throw PostingTable.corrupt(in: connection)
        }
        return runs
    }
}

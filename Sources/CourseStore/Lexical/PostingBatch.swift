import SQLite
import Support

/// What some chunks hold, term by term: made of their texts, the same for every analysis of the same texts.
struct PostingBatch {
    /// How often a word of the title counts; chosen on scifact's training claims.
    static let titleWeight = 2

    /// By ascending chunk.
    private(set) var postings: [String: [Posting]] = [:]
    /// Words of each chunk, at most 65,535.
    private(set) var lengths: [(chunk: UInt32, words: UInt16)] = []
    private(set) var statistics = LexicalStatistics()

    init() {}

    /// Postings of others, in any order.
    init(_ postings: [String: [Posting]]) {
        self.postings = postings.mapValues { $0.sorted { $0.chunk < $1.chunk } }
    }

    var firstChunk: UInt32 { lengths.first?.chunk ?? 0 }
    var lastChunk: UInt32 { lengths.last?.chunk ?? 0 }

    /// A term as the tables name it: texts of different languages never share one.
    static func key(_ term: String, _ language: TextLanguage) -> String {
        switch language {
        case .english: "e" + term
        case .portuguese: "p" + term
        }
    }

    /// Adds a chunk; ids must ascend.
    mutating func add(chunk: UInt32, title: String, section: String, text: String, known: TextLanguage?) {
        let body = TextAnalyzer.terms(of: text, known: known)
        var counts: [String: Int] = [:]
        var words = 0
        func count(_ terms: TextAnalyzer.Terms, _ weight: Int) {
            words += terms.wordCount
            for token in terms.tokens { counts[token.term, default: 0] += weight }
        }
        count(body, 1)
        if !section.isEmpty { count(TextAnalyzer.terms(of: section, language: body.language), 1) }
        if !title.isEmpty { count(TextAnalyzer.terms(of: title, language: body.language), Self.titleWeight) }
        for (term, frequency) in counts {
            postings[Self.key(term, body.language), default: []].append(
                Posting(chunk: chunk, frequency: UInt16(clamping: frequency)))
        }
        let length = UInt16(clamping: words)
        lengths.append((chunk, length))
        statistics.add(language: body.language, words: Int(length))
    }

    /// Analyses the chunks that `condition` (SQL after FROM) chooses, by ascending id, and gives them to `body` in batches
    /// of at most `limit`.
    static func forEach(
        _ condition: String, _ arguments: [SQLValue], limit: Int, in connection: Connection,
        _ body: (PostingBatch) throws -> Void
    ) throws {
        var batch = PostingBatch()
        try connection.forEach(
            """
            SELECT chunk.id, title, section, text, language FROM chunk JOIN document ON document.key = chunk.document_key
            \(condition) ORDER BY chunk.id
            """, arguments
        ) { row in
            guard let chunk = UInt32(exactly: row.int64(0)), (1...PostingBlock.largestChunk).contains(chunk) else {
                throw SQLiteError(.corrupt, path: connection.path, detail: "a chunk with the id \(row.int64(0))")
            }
            batch.add(
                chunk: chunk, title: row.text(1), section: row.text(2), text: row.text(3),
                known: TextLanguage(code: row.text(4)))
            if batch.lengths.count >= limit {
                try body(batch)
                batch = PostingBatch()
            }
            return true
        }
        if !batch.lengths.isEmpty { try body(batch) }
    }
}

import SQLite
import Support

/// The full text of a course: which term occurs in which chunk's title, section path and text, how often.
///
/// Written in the transactions of the chunks. What is taken out is gone at once, with all that was counted of it, so that
/// a ranking never tells what a course once held.
enum LexicalIndex {
    /// What a file's index must have been made by.
    private static let version = TextAnalyzer.version << 16 | PostingBlock.format
    /// Chunks whose postings are in memory together when many are indexed: some 50 MB.
    private static let batch = 16_384

    /// Indexes the chunks of a document, which are in no index yet.
    static func add(documentKey: Int64, in connection: Connection) throws {
        let chunks = try connection.row(
            "SELECT count(*) FROM chunk WHERE document_key = ?", [SQLValue(documentKey)], { $0.int(0) })
        let isSmall = chunks ?? 0 <= RecentPostings.limit / 2
        try PostingBatch.forEach("WHERE document_key = ?", [SQLValue(documentKey)], limit: batch, in: connection) {
            try add($0, isSmall: isSmall, in: connection)
        }
    }

    /// Takes the chunks of a document out: before their rows change, for their words tell where they are.
    static func remove(documentKey: Int64, in connection: Connection) throws {
        let generation = try Generation.current(in: connection).number + 1
        try PostingBatch.forEach("WHERE document_key = ?", [SQLValue(documentKey)], limit: batch, in: connection) {
            try RecentPostings.remove($0, in: connection)
            try PostingTable.remove($0, in: connection)
            try ChunkLengths.store($0.lengths, removing: true, generation: generation, in: connection)
            try LexicalStatistics.apply($0.statistics, sign: -1, in: connection)
        }
    }

    /// Indexes all chunks anew when the file's index was made by another analyzer, or by none. Takes some seconds for 10,000
    /// chunks.
    static func update(in connection: Connection) throws {
        let found = try connection.row("SELECT version FROM lexical_state", [], { $0.int(0) }) ?? 0
        guard found != version else { return }
        try connection.execute(
            """
            DELETE FROM term; DELETE FROM posting; DELETE FROM recent; DELETE FROM recent_segment;
            DELETE FROM chunk_length;
            UPDATE lexical_state SET english_chunks = 0, portuguese_chunks = 0, words = 0, next_term = 1;
            """)
        try PostingBatch.forEach("", [], limit: batch, in: connection) {
            try add($0, isSmall: false, in: connection)
        }
        try connection.run("UPDATE lexical_state SET version = ?", [SQLValue(version)])
        try Generation.advance(removing: false, in: connection)
    }

    private static func add(_ batch: PostingBatch, isSmall: Bool, in connection: Connection) throws {
        let generation = try Generation.current(in: connection).number + 1
        try ChunkLengths.store(batch.lengths, removing: false, generation: generation, in: connection)
        try LexicalStatistics.apply(batch.statistics, sign: 1, in: connection)
        if isSmall {
            try RecentPostings.add(batch, in: connection)
        } else {
            try PostingTable.add(batch, in: connection)
        }
    }
}

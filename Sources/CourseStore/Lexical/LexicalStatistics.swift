import SQLite
import Support

/// What BM25 must know of all chunks of a course; whole numbers, so that taking out what was put in leaves nothing.
struct LexicalStatistics: Sendable, Equatable {
    /// Chunks by `TextLanguage.rawValue`.
    private var chunksByLanguage = [Int](repeating: 0, count: TextLanguage.allCases.count)
    /// Words of all chunks.
    private(set) var words = 0

    var chunks: Int { chunksByLanguage.reduce(0, +) }

    func has(_ language: TextLanguage) -> Bool { chunksByLanguage[Int(language.rawValue)] > 0 }

    mutating func add(language: TextLanguage, words: Int) {
        chunksByLanguage[Int(language.rawValue)] += 1
        self.words += words
    }

    /// Takes out what was counted of some chunks.
    mutating func subtract(_ part: LexicalStatistics) {
        for language in chunksByLanguage.indices { chunksByLanguage[language] -= part.chunksByLanguage[language] }
        words -= part.words
    }

    static func current(in connection: Connection) throws -> LexicalStatistics {
        var statistics = LexicalStatistics()
        try connection.forEach("SELECT english_chunks, portuguese_chunks, words FROM lexical_state") { row in
            statistics.chunksByLanguage = [row.int(0), row.int(1)]
            statistics.words = row.int(2)
            return false
        }
        return statistics
    }

    /// Counts the chunks of `change` in, or out.
    static func apply(_ change: LexicalStatistics, sign: Int, in connection: Connection) throws {
        try connection.run(
            """
            UPDATE lexical_state SET english_chunks = english_chunks + ?, portuguese_chunks = portuguese_chunks + ?,
                words = words + ?
            """,
            (change.chunksByLanguage + [change.words]).map { SQLValue(sign * $0) })
    }
}

import SQLite

/// The rows of `term` and `posting`: for every term its postings in blocks, each under the term's number and its first
/// chunk, so that new chunks, whose ids are the largest, change the last block only.
enum PostingTable {
    /// Adds postings of chunks that are not there yet.
    static func add(_ batch: PostingBatch, in connection: Connection) throws {
        for (term, postings) in batch.postings.sorted(by: { $0.key < $1.key }) {
            let number = try number(of: term, in: connection)
            try change(number, postings, in: connection) { old in
                merge(old, postings)
            }
        }
    }

    /// Takes postings out that are there; those that are not are passed over.
    static func remove(_ batch: PostingBatch, in connection: Connection) throws {
        for (term, postings) in batch.postings.sorted(by: { $0.key < $1.key }) {
            guard let number = try existing(term, in: connection) else { continue }
            let gone = Set(postings.map(\.chunk))
            try change(number, postings, in: connection) { old in
                old.filter { !gone.contains($0.chunk) }
            }
            let isEmpty = try connection.row(
                "SELECT 1 FROM posting WHERE key BETWEEN ? AND ?",
                [SQLValue(key(number, 0)), SQLValue(key(number, .max))], { _ in true })
            if isEmpty == nil { try connection.run("DELETE FROM term WHERE text = ?", [SQLValue(term)]) }
        }
    }

    /// Gives the blocks of a term to `body`, by ascending first chunk.
    static func forEach(
        _ term: String, in connection: Connection, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try connection.forEach(
            """
            SELECT postings FROM term CROSS JOIN posting ON key BETWEEN number << 32 AND (number << 32) + 4294967295
            WHERE text = ? ORDER BY key
            """, [SQLValue(term)]
        ) { row in
            try row.withBlob(0, body)
            return true
        }
    }

    private static func key(_ number: Int64, _ chunk: UInt32) -> Int64 { number << 32 | Int64(chunk) }

    private static func existing(_ term: String, in connection: Connection) throws -> Int64? {
        try connection.row("SELECT number FROM term WHERE text = ?", [SQLValue(term)], { $0.int64(0) })
    }

    private static func number(of term: String, in connection: Connection) throws -> Int64 {
        if let number = try existing(term, in: connection) { return number }
        let number = try connection.row("SELECT next_term FROM lexical_state", [], { $0.int64(0) }) ?? 0
        guard (1..<Int64(Int32.max)).contains(number) else {
            throw SQLiteError(.corrupt, path: connection.path, detail: "a term with the number \(number)")
        }
        try connection.run("UPDATE lexical_state SET next_term = ?", [SQLValue(number + 1)])
        try connection.run("INSERT INTO term (text, number) VALUES (?, ?)", [SQLValue(term), SQLValue(number)])
        return number
    }

    /// Writes the blocks anew that the chunks of `postings` are in, or belong into.
    private static func change(
        _ number: Int64, _ postings: [Posting], in connection: Connection,
        _ body: ([Posting]) -> [Posting]
    ) throws {
        guard let first = postings.first?.chunk, let last = postings.last?.chunk else { return }
        var old: [Posting] = []
        var keys: [Int64] = []
        try connection.forEach(
            """
            SELECT key, postings FROM posting
            WHERE key BETWEEN ifnull((SELECT max(key) FROM posting WHERE key BETWEEN ?1 AND ?2), ?2) AND ?3 ORDER BY key
            """, [SQLValue(key(number, 0)), SQLValue(key(number, first)), SQLValue(key(number, last))]
        ) { row in
            guard let block = row.withBlob(1, PostingBlock.decode) else { throw corrupt(in: connection) }
            // A full block wholly before the new postings stays as it is.
            if block.count == PostingBlock.capacity, let end = block.last?.chunk, end < first { return true }
            keys.append(row.int64(0))
            old += block
            return true
        }
        var new = body(old)[...]
        for key in keys { try connection.run("DELETE FROM posting WHERE key = ?", [SQLValue(key)]) }
        while let chunk = new.first?.chunk {
            let block = new.prefix(PostingBlock.capacity)
            new = new.dropFirst(block.count)
            let bytes = PostingBlock.encode(block)
            try connection.run(
                "INSERT OR REPLACE INTO posting (key, postings) VALUES (?, ?)",
                [SQLValue(key(number, chunk)), SQLValue(bytes)])
        }
    }

    static func corrupt(in connection: Connection) -> SQLiteError {
        SQLiteError(.corrupt, path: connection.path, detail: "postings that are not whole")
    }

    /// Both by ascending chunk; of one chunk the new posting stays.
    private static func merge(_ old: [Posting], _ new: [Posting]) -> [Posting] {
        guard let last = old.last, let first = new.first else { return old.isEmpty ? new : old }
        if last.chunk < first.chunk { return old + new }
        let replaced = Set(new.map(\.chunk))
        return (old.filter { !replaced.contains($0.chunk) } + new).sorted { $0.chunk < $1.chunk }
    }
}

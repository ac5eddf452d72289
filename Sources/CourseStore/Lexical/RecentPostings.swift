import SQLite

/// The rows of `recent` and `recent_segment`: postings of the documents that came last, a segment a document.
///
/// A document changes thousands of terms. To add it to the last block of each would write as many pages; a segment is
/// written in one place. Segments are merged by fours, so that few are to be searched, and go into `posting` together
/// when they hold `limit` chunks.
enum RecentPostings {
    /// The most chunks in all segments, and in one. At most as many as a block holds.
    static let limit = PostingBlock.capacity
    /// Segments of one level that become one of the next.
    private static let fanOut = 4

    private struct Segment {
        let id: Int64
        let level: Int
        let chunks: Int
        let first: Int64
        let last: Int64
    }

    /// Adds chunks that are not there yet, at most `limit`.
    static func add(_ batch: PostingBatch, in connection: Connection) throws {
        try write(
            batch, level: 0, chunks: batch.lengths.count, first: batch.firstChunk, last: batch.lastChunk, in: connection
        )
        try tidy(in: connection)
    }

    /// Takes postings out that are there; those that are not are passed over.
    static func remove(_ batch: PostingBatch, in connection: Connection) throws {
        let gone = Set(batch.lengths.map(\.chunk))
        for segment in try segments(in: connection)
        where segment.first <= Int64(batch.lastChunk) && segment.last >= Int64(batch.firstChunk) {
            for term in batch.postings.keys.sorted() {
                let old = try connection.row(
                    "SELECT postings FROM recent WHERE segment = ? AND term = ?",
                    [SQLValue(segment.id), SQLValue(term)]
                ) { try decode($0, 0, in: connection) }
                guard let old else { continue }
                try connection.run(
                    "DELETE FROM recent WHERE segment = ? AND term = ?", [SQLValue(segment.id), SQLValue(term)])
                let new = old.filter { !gone.contains($0.chunk) }
                if !new.isEmpty { try insert(term, new, segment.id, in: connection) }
            }
        }
    }

    /// Gives the blocks of a term to `body`.
    static func forEach(
        _ term: String, in connection: Connection, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try connection.forEach(
            "SELECT postings FROM recent_segment CROSS JOIN recent ON segment = id WHERE term = ?", [SQLValue(term)]
        ) { row in
            try row.withBlob(0, body)
            return true
        }
    }

    private static func segments(in connection: Connection) throws -> [Segment] {
        try connection.rows("SELECT id, level, chunks, first, last FROM recent_segment ORDER BY id") { row in
            Segment(
                id: row.int64(0), level: row.int(1), chunks: row.int(2), first: row.int64(3), last: row.int64(4))
        }
    }

    private static func tidy(in connection: Connection) throws {
        while true {
            let segments = try segments(in: connection)
            if segments.reduce(0, { $0 + $1.chunks }) > limit {
                let batch = try take(segments, in: connection)
                return try PostingTable.add(batch, in: connection)
            }
            let levels = Dictionary(grouping: segments, by: \.level)
            guard let (level, full) = levels.filter({ $0.value.count >= fanOut }).min(by: { $0.key < $1.key }) else {
                return
            }
            let batch = try take(full, in: connection)
            try write(
                batch, level: level + 1, chunks: full.reduce(0) { $0 + $1.chunks },
                first: UInt32(clamping: full.map(\.first).min() ?? 0),
                last: UInt32(clamping: full.map(\.last).max() ?? 0), in: connection)
        }
    }

    /// Reads segments and takes them out.
    private static func take(_ segments: [Segment], in connection: Connection) throws -> PostingBatch {
        var postings: [String: [Posting]] = [:]
        for segment in segments {
            try connection.forEach("SELECT term, postings FROM recent WHERE segment = ?", [SQLValue(segment.id)]) {
                postings[$0.text(0), default: []] += try decode($0, 1, in: connection)
                return true
            }
            try connection.run("DELETE FROM recent WHERE segment = ?", [SQLValue(segment.id)])
            try connection.run("DELETE FROM recent_segment WHERE id = ?", [SQLValue(segment.id)])
        }
        return PostingBatch(postings)
    }

    private static func write(
        _ batch: PostingBatch, level: Int, chunks: Int, first: UInt32, last: UInt32,
        in connection: Connection
    ) throws {
        try connection.run(
            "INSERT INTO recent_segment (level, chunks, first, last) VALUES (?, ?, ?, ?)",
            [SQLValue(level), SQLValue(chunks), SQLValue(Int(first)), SQLValue(Int(last))])
        let id = connection.lastInsertedRowID
        for (term, postings) in batch.postings.sorted(by: { $0.key < $1.key }) {
            try insert(term, postings, id, in: connection)
        }
    }

    private static func insert(
        _ term: String, _ postings: [Posting], _ segment: Int64, in connection: Connection
    ) throws {
        let bytes = PostingBlock.encode(postings[...])
        try connection.run(
            "INSERT INTO recent (segment, term, postings) VALUES (?, ?, ?)",
            [SQLValue(segment), SQLValue(term), SQLValue(bytes)])
    }

    private static func decode(_ row: Row, _ column: Int, in connection: Connection) throws -> [Posting] {
        guard let postings = row.withBlob(column, PostingBlock.decode) else {
            throw PostingTable.corrupt(in: connection)
        }
        return postings
    }
}

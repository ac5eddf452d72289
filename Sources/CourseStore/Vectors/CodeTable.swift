import SQLite

/// The rows of `code_block`: the codes of all vectors, made and changed in the transaction that changes the vectors.
///
/// Blocks follow each other by id: each holds the chunks from its `first_id` to its `last_id`, and no other block has one
/// between. New chunks have larger ids than all before, so they go into the last block.
enum CodeTable {
    /// Two neighbours that have no more live codes than this together become one block: so that all blocks take less than
    /// three times the room of what lives in them.
    static let joinedLimit = CodeLayout.capacity * 3 / 4

    static func count(in connection: Connection) throws -> Int {
        try connection.row("SELECT count(*) FROM code_block", [], { $0.int(0) }) ?? 0
    }

    /// Chunks that are there, by the blocks' own count.
    static func live(in connection: Connection) throws -> Int {
        try connection.row("SELECT ifnull(sum(live), 0) FROM code_block", [], { $0.int(0) }) ?? 0
    }

    /// Adds the codes of new vectors, whose ids are ascending and larger than all before.
    /// - Parameter vectors: of all chunks, one after another.
    static func append(_ vectors: [Float], ids: [Int64], layout: CodeLayout, in connection: Connection) throws {
        guard !ids.isEmpty else { return }
        try vectors.withUnsafeBufferPointer { vectors in
            let centre =
                try CentreTable.current(in: connection)
                ?? CentreTable.insert(
                    mean: CentreTable.mean(of: vectors, dimension: layout.dimension), in: connection)
            var writer = try CodeWriter(layout: layout, centre: centre, in: connection)
            for (index, id) in ids.enumerated() {
                guard let start = vectors.baseAddress else { break }
                try writer.append(id, start + index * layout.dimension)
            }
            try writer.finish()
        }
        try CentreTable.follow(added: ids.count, layout: layout, in: connection)
    }

    /// Makes codes of the vectors that have none: those of a file of an older version, or written by an older program.
    static func catchUp(layout: CodeLayout, in connection: Connection) throws {
        let last = try connection.row("SELECT max(last_id) FROM code_block", [], { $0.isNull(0) ? nil : $0.int64(0) })
        guard let newest = try VectorTable.bounds(in: connection)?.upperBound else { return }
        let first = (last ?? nil).map { $0 + 1 } ?? .min
        guard first <= newest else { return }
        let centre = try CentreTable.current(in: connection) ?? CentreTable.sampled(layout: layout, in: connection)
        var writer = try CodeWriter(layout: layout, centre: centre, in: connection)
        var added = 0
        try VectorTable.forEach(in: first...newest, dimension: layout.dimension, in: connection) { id, vector in
            guard let vector = vector.baseAddress else { return }
            try writer.append(id, vector)
            added += 1
        }
        try writer.finish()
        try CentreTable.follow(added: added, layout: layout, in: connection)
        try Generation.advance(removing: false, in: connection)
    }

    /// Marks the codes of chunks that are gone already, and joins blocks that few are left in.
    static func remove(_ ids: ChunkRanges, layout: CodeLayout, in connection: Connection) throws {
        var touched: [Int64] = []
        try forEach(of: ids, in: connection) { touched.append($0.firstID) }
        for firstID in touched {
            guard var block = try block(firstID, layout: layout, in: connection) else { continue }
            for range in ids.ranges { block.remove(range) }
            if block.live == 0 {
                try delete(firstID, in: connection)
            } else {
                try write(block, firstID: firstID, in: connection)
            }
        }
        for firstID in touched { try join(around: firstID, layout: layout, in: connection) }
        try CentreTable.follow(added: 0, layout: layout, in: connection)
    }

    /// Makes the codes of one block anew, from the vectors that are there now.
    static func rebuild(_ ids: ClosedRange<Int64>, centre: CodeCentre, layout: CodeLayout, in connection: Connection)
        throws
    {
        var block = CodeBlock(layout: layout, centre: centre.key)
        try VectorTable.forEach(in: ids, dimension: layout.dimension, in: connection) { id, vector in
            guard let vector = vector.baseAddress, !block.isFull else { return }
            block.append(id, vector, centre)
        }
        if block.live > 0 { try write(block, firstID: ids.lowerBound, in: connection) }
    }

    /// A block with its bytes; nil when there is none at that id.
    static func block(_ firstID: Int64, layout: CodeLayout, in connection: Connection) throws -> CodeBlock? {
        try connection.row(
            "SELECT centre, live, runs, codes FROM code_block WHERE first_id = ?", [SQLValue(firstID)]
        ) { try block(layout, $0, in: connection) }
    }

    /// The block in a row of `centre, live, runs, codes`.
    static func block(_ layout: CodeLayout, _ row: Row, in connection: Connection) throws -> CodeBlock {
        let bytes = row.blob(3)
        guard bytes.count == layout.byteCount else { throw corrupt(connection) }
        return CodeBlock(
            layout: layout, centre: row.int64(0), runs: try runs(row, 2, in: connection), live: row.int(1), bytes: bytes
        )
    }

    static func runs(_ row: Row, _ column: Int, in connection: Connection) throws -> SlotRuns {
        guard let runs = row.withBlob(column, { SlotRuns(bytes: $0, capacity: CodeLayout.capacity) }) else {
            throw corrupt(connection)
        }
        return runs
    }

    static func corrupt(_ connection: Connection) -> SQLiteError {
        SQLiteError(.corrupt, path: connection.path, detail: "a block of codes that is none")
    }

    /// Writes a block in place of the one at `firstID`, if any. Of one with as many runs as before, SQLite writes only the
    /// pages that are not as they were.
    static func write(_ block: CodeBlock, firstID: Int64, in connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO code_block (first_id, last_id, live, centre, stamp, runs, codes)
            VALUES (?, ?, ?, ?, (SELECT generation + 1 FROM change), ?, ?)
            ON CONFLICT (first_id) DO UPDATE SET last_id = excluded.last_id, live = excluded.live,
                centre = excluded.centre, stamp = excluded.stamp, runs = excluded.runs, codes = excluded.codes
            """,
            [
                SQLValue(firstID), SQLValue(block.runs.lastID ?? firstID), SQLValue(block.live), SQLValue(block.centre),
                SQLValue(block.runs.bytes), SQLValue(block.bytes),
            ])
    }

    static func delete(_ firstID: Int64, in connection: Connection) throws {
        try connection.run("DELETE FROM code_block WHERE first_id = ?", [SQLValue(firstID)])
    }

    /// Joins a block with its neighbours, as long as two of them are small enough.
    private static func join(around firstID: Int64, layout: CodeLayout, in connection: Connection) throws {
        // The block itself may be gone: then those on both sides of it have become neighbours.
        let near = try connection.rows(
            """
            SELECT * FROM (SELECT first_id, last_id, live FROM code_block WHERE first_id < ?1 ORDER BY first_id DESC LIMIT 1)
            UNION ALL
            SELECT * FROM (SELECT first_id, last_id, live FROM code_block WHERE first_id >= ?1 ORDER BY first_id LIMIT 2)
            """, [SQLValue(firstID)]
        ) { (ids: $0.int64(0)...max($0.int64(0), $0.int64(1)), live: $0.int(2)) }
        guard let centre = try CentreTable.current(in: connection) else { return }
        for (left, right) in zip(near, near.dropFirst()) where left.live + right.live <= joinedLimit {
            try delete(right.ids.lowerBound, in: connection)
            try rebuild(left.ids.lowerBound...right.ids.upperBound, centre: centre, layout: layout, in: connection)
            // What was joined has other neighbours now; each round leaves a block less.
            return try join(around: left.ids.lowerBound, layout: layout, in: connection)
        }
    }
}

import SQLite

extension CodeTable {
    /// A row of `code_block` on which a reader stands. Valid only inside the closure that receives it.
    struct Reader {
        let firstID: Int64
        let lastID: Int64
        let centre: Int64
        fileprivate let row: Row
        fileprivate let connection: Connection

        func runs() throws -> SlotRuns { try CodeTable.runs(row, 4, in: connection) }

        /// Gives the codes, layout.byteCount of them, to `body` without a copy of our own.
        func withCodes(_ layout: CodeLayout, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
            try row.withBlob(5) { bytes in
                guard bytes.count == layout.byteCount else { throw CodeTable.corrupt(connection) }
                try body(bytes)
            }
        }

        func block(_ layout: CodeLayout) throws -> CodeBlock {
            let bytes = row.blob(5)
            guard bytes.count == layout.byteCount else { throw CodeTable.corrupt(connection) }
            return CodeBlock(layout: layout, centre: centre, runs: try runs(), live: row.int(3), bytes: bytes)
        }
    }

    private static let columns = "first_id, last_id, centre, live, runs, codes"
    /// Ids between two chosen ranges that are read over rather than looked up: eight blocks or so.
    private static let gap: Int64 = 8 * Int64(CodeLayout.capacity)

    /// Gives each block that may hold one of `chosen` (nil for all) to `body`, by ascending id.
    static func forEach(
        of chosen: ChunkRanges?, in connection: Connection, _ body: (Reader) throws -> Void
    ) throws {
        guard let chosen else {
            return try forEach("ORDER BY first_id", [], in: connection, body)
        }
        var done = Int64.min
        for span in chosen.spans(gap: gap) {
            try forEach(
                """
                WHERE first_id BETWEEN ifnull((SELECT max(first_id) FROM code_block WHERE first_id <= ?1), ?1) AND ?2
                ORDER BY first_id
                """, [SQLValue(span.lowerBound), SQLValue(span.upperBound)], in: connection
            ) { reader in
                let ids = reader.firstID...max(reader.firstID, reader.lastID)
                guard reader.firstID > done, chosen.overlaps(ids) else { return }
                done = reader.firstID
                try body(reader)
            }
        }
    }

    /// Gives each block that was written after a generation to `body`.
    static func forEach(since generation: Int64, in connection: Connection, _ body: (Reader) throws -> Void) throws {
        try forEach("WHERE stamp > ?", [SQLValue(generation)], in: connection, body)
    }

    /// The first ids of all blocks, read from an index that holds nothing else.
    static func firstIDs(in connection: Connection) throws -> Set<Int64> {
        Set(try connection.rows("SELECT first_id FROM code_block INDEXED BY code_block_stamp", []) { $0.int64(0) })
    }

    private static func forEach(
        _ condition: String, _ arguments: [SQLValue], in connection: Connection, _ body: (Reader) throws -> Void
    ) throws {
        try connection.forEach("SELECT \(columns) FROM code_block \(condition)", arguments) { row in
            try body(
                Reader(
                    firstID: row.int64(0), lastID: row.int64(1), centre: row.int64(2), row: row, connection: connection)
            )
            return true
        }
    }
}

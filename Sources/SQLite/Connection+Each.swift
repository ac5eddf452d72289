extension Connection {
    /// Runs a statement of one parameter with each of `keys` and gives `body` the first row of each that has one.
    ///
    /// For many rows looked up by key: the statement is taken from the cache once.
    package func forEach(_ sql: String, keys: some Sequence<Int64>, _ body: (Int64, Row) throws -> Void) throws {
        var keys = keys.makeIterator()
        try forEach(sql, nextKey: { keys.next() }, body)
    }

    /// The same with the keys that `nextKey` gives until it gives none; what `body` was given may decide about the next one.
    package func forEach(_ sql: String, nextKey: () -> Int64?, _ body: (Int64, Row) throws -> Void) throws {
        try withStatement(sql) { statement in
            while let key = nextKey() {
                try statement.bind(key)
                if try statement.step() { try body(key, statement.row) }
                statement.reset()
            }
        }
    }
}

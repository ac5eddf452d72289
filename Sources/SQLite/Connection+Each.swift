extension Connection {
    /// Runs a statement of one parameter with each of `keys` and gives `body` the first row of each that has one.
    ///
    /// For many rows looked up by key: the statement is taken from the cache once.
    package func forEach(_ sql: String, keys: some Sequence<Int64>, _ body: (Int64, Row) throws -> Void) throws {
        try withStatement(sql) { statement in
            for key in keys {
                try statement.bind([SQLValue(key)])
                if try statement.step() { try body(key, statement.row) }
                statement.reset()
            }
        }
    }
}

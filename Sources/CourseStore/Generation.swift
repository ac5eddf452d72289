import SQLite

/// A file's count of changes, read in the same snapshot as the rows: how one process learns what another has done.
struct Generation: Sendable, Equatable {
    /// Grows with every change.
    let number: Int64
    /// Grows with every change that took chunks out; while it stays, chunks were only added, with larger ids.
    let removals: Int64

    static func current(in connection: Connection) throws -> Generation {
        try connection.row("SELECT generation, removals FROM change") {
            Generation(number: $0.int64(0), removals: $0.int64(1))
        } ?? Generation(number: 0, removals: 0)
    }

    static func advance(removing: Bool, in connection: Connection) throws {
        try connection.run(
            "UPDATE change SET generation = generation + 1, removals = removals + ?", [SQLValue(removing)])
    }
}

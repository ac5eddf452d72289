import SQLite
import Support

/// Keeps what every question needs of a course's index for the next one: the lengths of its chunks, 2 bytes each.
final class LexicalCache: Sendable {
    struct Snapshot: Sendable {
        var statistics: LexicalStatistics
        var lengths: ChunkLengths

        /// Reads all of it from the file; for a transaction that has changed it.
        init(in connection: Connection) throws {
            statistics = try .current(in: connection)
            lengths = ChunkLengths()
            try lengths.refresh(after: .min, in: connection)
        }
    }

    private let last = Locked<(generation: Generation, snapshot: Snapshot)?>(nil)

    /// The snapshot of the connection's read transaction.
    func current(in connection: Connection) throws -> Snapshot {
        let generation = try Generation.current(in: connection)
        let known = last.withLock { $0 }
        if let known, known.generation == generation { return known.snapshot }
        var snapshot: Snapshot
        if let known, known.generation.number < generation.number, known.generation.removals == generation.removals {
            snapshot = known.snapshot
            snapshot.statistics = try .current(in: connection)
            try snapshot.lengths.refresh(after: known.generation.number, in: connection)
        } else {
            snapshot = try Snapshot(in: connection)
        }
        last.withLock { last in
            if last.map({ $0.generation.number < generation.number }) ?? true { last = (generation, snapshot) }
        }
        return snapshot
    }
}

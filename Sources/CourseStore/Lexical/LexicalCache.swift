import SQLite
import Support

/// Keeps what questions need of a course's index for the next ones: the lengths of its chunks, 2 bytes each, and the
/// postings of words that were asked for, as long as the course does not change.
final class LexicalCache: Sendable {
    /// The most bytes of postings kept: 16 MiB, more than all words of a course of 20,000 chunks take; in courses of more
    /// than 131,072 chunks 128 bytes a chunk, about half of what all words take.
    private static func postingLimit(chunks: Int) -> Int { max(16 << 20, 128 * chunks) }

    /// The index at one moment.
    struct Snapshot: Sendable {
        fileprivate(set) var statistics: LexicalStatistics
        fileprivate(set) var lengths: ChunkLengths
        /// The chunks that count; nil for all.
        private(set) var chosen: ChunkRanges?
        /// nil in a transaction that has changed the index.
        fileprivate let generation: Generation?

        /// Reads all of it from the file; for a transaction that has changed it.
        init(in connection: Connection) throws { try self.init(nil, in: connection) }

        fileprivate init(_ generation: Generation?, in connection: Connection) throws {
            self.generation = generation
            statistics = try .current(in: connection)
            lengths = ChunkLengths()
            try lengths.refresh(after: .min, in: connection)
        }

        fileprivate init(_ generation: Generation, after old: Snapshot, in connection: Connection) throws {
            self.generation = generation
            statistics = try .current(in: connection)
            lengths = old.lengths
            try lengths.refresh(after: old.generation?.number ?? .min, in: connection)
        }

        /// Takes documents out, with all that was counted of them, as if they had never been in the course.
        fileprivate mutating func leaveOut(_ documents: Set<String>, in connection: Connection) throws {
            var hidden: [ClosedRange<Int64>] = []
            for id in documents {
                let key = try connection.row("SELECT key FROM document WHERE id = ?", [SQLValue(id)]) { $0.int64(0) }
                guard let key else { continue }
                hidden += try ChunkTable.ids(ofDocument: key, in: connection).ranges
                // Their language is that of their texts: nothing else in the file says it.
                try PostingBatch.forEach(
                    "WHERE document_key = ?", [SQLValue(key)], limit: LexicalCache.batch, in: connection
                ) { batch in
                    statistics.subtract(batch.statistics)
                    lengths.clear(batch.lengths.lazy.map(\.chunk))
                }
            }
            chosen = ChunkRanges(hidden).complement
        }
    }

    private struct State {
        var snapshot: Snapshot?
        /// Those that were asked for lately, at most half of the limit, and those before them.
        var postings: [String: [PostingRuns]] = [:]
        var older: [String: [PostingRuns]] = [:]
        var footprint = 0

        mutating func keep(_ lists: [PostingRuns], of term: String, limit: Int) {
            let footprint = lists.reduce(128) { $0 + $1.footprint }
            guard footprint <= limit / 2 else { return }
            if self.footprint + footprint > limit / 2 {
                older = postings
                postings = [:]
                self.footprint = 0
            }
            if postings.updateValue(lists, forKey: term) == nil { self.footprint += footprint }
        }
    }

    /// Chunks that are read again together.
    private static let batch = 1_024

    private let state = Locked(State())
    /// Documents that are left out.
    private let hidden: Set<String>

    /// - Parameter hidden: documents that are to count as if they were not in the course.
    init(without hidden: Set<String> = []) { self.hidden = hidden }

    /// The snapshot of the connection's read transaction.
    func current(in connection: Connection) throws -> Snapshot {
        let generation = try Generation.current(in: connection)
        let known = state.withLock { $0.snapshot }
        var snapshot: Snapshot
        if let known, known.generation == generation { return known }
        if hidden.isEmpty, let known, let old = known.generation, old.number < generation.number,
            old.removals == generation.removals
        {
            snapshot = try Snapshot(generation, after: known, in: connection)
        } else {
            snapshot = try Snapshot(generation, in: connection)
        }
        if !hidden.isEmpty { try snapshot.leaveOut(hidden, in: connection) }
        let taken = snapshot
        state.withLock { state in
            if let newest = state.snapshot?.generation, newest.number >= generation.number { return }
            state = State(snapshot: taken)
        }
        return taken
    }

    /// The postings of a term as of `snapshot`, if they are known.
    func postings(of term: String, _ snapshot: Snapshot) -> [PostingRuns]? {
        state.withLock { state in
            guard let generation = snapshot.generation, state.snapshot?.generation == generation else { return nil }
            if let recent = state.postings[term] { return recent }
            guard let older = state.older.removeValue(forKey: term) else { return nil }
            state.keep(older, of: term, limit: Self.postingLimit(chunks: snapshot.statistics.chunks))
            return older
        }
    }

    /// Keeps the postings of a term as of `snapshot`, unless the course has changed since.
    func keep(_ lists: [PostingRuns], of term: String, _ snapshot: Snapshot) {
        state.withLock { state in
            guard let generation = snapshot.generation, state.snapshot?.generation == generation else { return }
            state.keep(lists, of: term, limit: Self.postingLimit(chunks: snapshot.statistics.chunks))
        }
    }
}

import SQLite
import Support

/// Keeps what questions need of a course's index for the next ones: the lengths of its chunks, 2 bytes each, and the
/// postings of words that were asked for, as long as the course does not change.
final class LexicalCache: Sendable {
    /// The most bytes of postings kept; when they are more, all go and those of the next questions come.
    private static let postingLimit = 16 << 20

    /// The index at one moment.
    struct Snapshot: Sendable {
        fileprivate(set) var statistics: LexicalStatistics
        fileprivate(set) var lengths: ChunkLengths
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
    }

    private struct State {
        var snapshot: Snapshot?
        var postings: [String: [PostingList]] = [:]
        var footprint = 0
    }

    private let state = Locked(State())

    /// The snapshot of the connection's read transaction.
    func current(in connection: Connection) throws -> Snapshot {
        let generation = try Generation.current(in: connection)
        let known = state.withLock { $0.snapshot }
        let snapshot: Snapshot
        if let known, known.generation == generation { return known }
        if let known, let old = known.generation, old.number < generation.number, old.removals == generation.removals {
            snapshot = try Snapshot(generation, after: known, in: connection)
        } else {
            snapshot = try Snapshot(generation, in: connection)
        }
        state.withLock { state in
            if let newest = state.snapshot?.generation, newest.number >= generation.number { return }
            state = State(snapshot: snapshot)
        }
        return snapshot
    }

    /// The postings of a term as of `snapshot`, if they are known.
    func postings(of term: String, _ snapshot: Snapshot) -> [PostingList]? {
        state.withLock { state in
            guard let generation = snapshot.generation, state.snapshot?.generation == generation else { return nil }
            return state.postings[term]
        }
    }

    /// Keeps the postings of a term as of `snapshot`, unless the course has changed since.
    func keep(_ lists: [PostingList], of term: String, _ snapshot: Snapshot) {
        let footprint = lists.reduce(128) { $0 + $1.footprint }
        state.withLock { state in
            guard let generation = snapshot.generation, state.snapshot?.generation == generation,
                footprint <= Self.postingLimit
            else { return }
            if state.footprint + footprint > Self.postingLimit {
                state.postings.removeAll(keepingCapacity: true)
                state.footprint = 0
            }
            guard state.postings.updateValue(lists, forKey: term) == nil else { return }
            state.footprint += footprint
        }
    }
}

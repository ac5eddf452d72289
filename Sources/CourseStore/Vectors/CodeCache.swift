import Dispatch
import SQLite
import Support

/// What a process keeps of a course between questions: its centres, and all blocks of a large course, within a limit of
/// memory.
///
/// The blocks are those of one generation of the file. When it has changed, only the blocks that were written since are
/// read, whichever process wrote them (`stamp`).
final class CodeCache: Sendable {
    /// All blocks as they were at a generation, by ascending id. A value that shares what did not change.
    struct Snapshot: Sendable {
        let generation: Generation
        let blocks: [Int64: CodeBlock]
        let order: [Int64]
    }

    let layout: CodeLayout
    private let limit: Int
    private let threshold: Int
    private let snapshot = Locked<Snapshot?>(nil)
    private let centres = Locked<[Int64: CodeCentre]>([:])
    /// Lets one reader load while the others wait on their own threads, so that a course is not in memory many times.
    private let loading = DispatchSemaphore(value: 1)

    /// - Parameters:
    ///   - limit: the most bytes of blocks held.
    ///   - threshold: chunks from which on the blocks are held.
    init(layout: CodeLayout, limit: Int, threshold: Int) {
        self.layout = layout
        self.limit = limit
        self.threshold = threshold
    }

    /// One that keeps no blocks, for what is not committed yet.
    static func none(dimension: Int) -> CodeCache? {
        CodeLayout(dimension: dimension).map { CodeCache(layout: $0, limit: 0, threshold: .max) }
    }

    /// The blocks of the connection's snapshot; nil when they are too few or too many to be held, or when others have
    /// gone on to a later generation meanwhile.
    func current(blocks count: Int, in connection: Connection) throws -> Snapshot? {
        guard count * CodeLayout.capacity >= threshold, count * layout.byteCount <= limit else {
            if snapshot.withLock({ $0 != nil }) { snapshot.withLock { $0 = nil } }
            return nil
        }
        let generation = try Generation.current(in: connection)
        if let known = known(generation) { return known.generation == generation ? known : nil }
        loading.wait()
        defer { loading.signal() }
        if let known = known(generation) { return known.generation == generation ? known : nil }
        let new = try load(generation, in: connection)
        snapshot.withLock { $0 = new }
        return new
    }

    /// A centre that codes were made with.
    func centre(_ key: Int64, in connection: Connection) throws -> CodeCentre {
        if let known = centres.withLock({ $0[key] }) { return known }
        let centre = try CentreTable.centre(key, in: connection)
        centres.withLock { centres in
            // There are two while blocks move from one to the other.
            if centres.count >= 4 { centres = [:] }
            centres[key] = centre
        }
        return centre
    }

    private func known(_ generation: Generation) -> Snapshot? {
        snapshot.withLock { known in known.flatMap { $0.generation.number >= generation.number ? $0 : nil } }
    }

    private func load(_ generation: Generation, in connection: Connection) throws -> Snapshot {
        let old = snapshot.withLock { $0 }
        var blocks = old?.blocks ?? [:]
        if let old, old.generation.removals != generation.removals {
            let there = try CodeTable.firstIDs(in: connection)
            for firstID in old.order where !there.contains(firstID) { blocks[firstID] = nil }
        }
        try CodeTable.forEach(since: old?.generation.number ?? -1, in: connection) { reader in
            blocks[reader.firstID] = try reader.block(layout)
        }
        return Snapshot(generation: generation, blocks: blocks, order: blocks.keys.sorted())
    }
}

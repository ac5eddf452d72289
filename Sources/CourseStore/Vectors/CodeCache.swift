import Dispatch
import SQLite
import Support

/// What a process keeps of a course between questions: its centres, and of a large course all blocks and, once they were
/// made, lists, within a limit of memory.
///
/// The blocks are those of one generation of the file. When it has changed, only the blocks that were written since are
/// read, whichever process wrote them (`stamp`).
final class CodeCache: Sendable {
    let layout: CodeLayout
    private let limit: Int
    private let memory: VectorMemory
    private let threshold: Int
    private let listedFrom: Int
    private let snapshot = Locked<CodeSnapshot?>(nil)
    private let centres = Locked<[Int64: CodeCentre]>([:])
    /// Lets one reader load while the others wait on their own threads, so that a course is not in memory many times.
    private let loading = DispatchSemaphore(value: 1)

    /// - Parameters:
    ///   - limit: the most bytes of blocks and lists held; while lists are made anew, the old ones come on top.
    ///   - memory: that they are a part of.
    ///   - threshold: chunks from which on the blocks are held.
    ///   - listedFrom: chunks from which on there are lists, if the blocks are held.
    init(layout: CodeLayout, limit: Int, memory: VectorMemory, threshold: Int, listedFrom: Int) {
        self.layout = layout
        self.limit = limit
        self.memory = memory
        self.threshold = threshold
        self.listedFrom = listedFrom
    }

    deinit { memory.release(ObjectIdentifier(self)) }

    /// One that keeps no blocks, for what is not committed yet.
    static func none(dimension: Int) -> CodeCache? {
        CodeLayout(dimension: dimension).map {
            CodeCache(layout: $0, limit: 0, memory: .shared, threshold: .max, listedFrom: .max)
        }
    }

    /// The number of blocks in the connection's snapshot, and what is held of it: nothing when they are too few or too many,
    /// or when others have gone on to a later generation meanwhile.
    func current(in connection: Connection) throws -> (blocks: Int, held: CodeSnapshot?) {
        if snapshot.withLock({ $0 != nil }) {
            let generation = try Generation.current(in: connection)
            if let known = known(generation), known.generation == generation { return (known.blocks.count, known) }
        }
        let count = try CodeTable.count(in: connection)
        guard count * CodeLayout.capacity >= threshold, count * layout.byteCount <= limit else {
            if snapshot.withLock({ $0 != nil }) { forget() }
            return (count, nil)
        }
        let generation = try Generation.current(in: connection)
        loading.wait()
        defer { loading.signal() }
        if let known = known(generation) { return (count, known.generation == generation ? known : nil) }
        guard claim(blocks: count, listed: 0) else {
            forget()
            return (count, nil)
        }
        let new = try load(generation, in: connection)
        snapshot.withLock { $0 = new }
        return (count, new)
    }

    /// The snapshot that lists should be made of: one that has none, or whose lists an eighth of the chunks are not in or
    /// an eighth of which is gone.
    func lackingLists() -> CodeSnapshot? {
        snapshot.withLock { snapshot in
            guard let snapshot, snapshot.count >= listedFrom,
                claim(blocks: snapshot.blocks.count, listed: snapshot.count)
            else {
                return nil
            }
            guard let lists = snapshot.lists else { return snapshot }
            let gone = lists.count - (snapshot.count - snapshot.unlisted)
            return max(snapshot.unlisted, gone) > snapshot.count / 8 ? snapshot : nil
        }
    }

    /// Takes lists in.
    /// - Parameter connection: in a transaction that began after they were made.
    func install(_ lists: CodeLists, in connection: Connection) throws {
        guard try current(in: connection).held != nil else { return }
        loading.wait()
        defer { loading.signal() }
        snapshot.withLock { snapshot in
            snapshot = snapshot.map { CodeSnapshot(generation: $0.generation, blocks: $0.blocks, lists: lists) }
        }
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

    private func known(_ generation: Generation) -> CodeSnapshot? {
        snapshot.withLock { known in known.flatMap { $0.generation.number >= generation.number ? $0 : nil } }
    }

    /// Holds nothing any more.
    func forget() {
        snapshot.withLock { $0 = nil }
        memory.release(ObjectIdentifier(self))
    }

    /// Whether blocks, and lists of so many chunks, may be held.
    private func claim(blocks: Int, listed: Int) -> Bool {
        let bytes = blocks * layout.byteCount + listed * CodeList.bytes(dimension: layout.dimension)
        return bytes <= limit && memory.claim(bytes, for: ObjectIdentifier(self))
    }

    private func load(_ generation: Generation, in connection: Connection) throws -> CodeSnapshot {
        let old = snapshot.withLock { $0 }
        var blocks = old?.blocks ?? []
        if let old, old.generation.removals != generation.removals {
            let there = try CodeTable.firstIDs(in: connection)
            blocks.removeAll { !there.contains($0.firstID) }
        }
        try CodeTable.forEach(since: old?.generation.number ?? -1, in: connection) { reader in
            let entry = CodeSnapshot.Entry(firstID: reader.firstID, block: try reader.block(layout))
            let index = CodeSnapshot.index(ofID: entry.firstID, in: blocks)
            if index < blocks.count, blocks[index].firstID == entry.firstID {
                blocks[index] = entry
            } else if index < blocks.count, blocks[index].firstID < entry.firstID {
                blocks.insert(entry, at: index + 1)
            } else {
                blocks.insert(entry, at: index)
            }
        }
        let chunks = blocks.reduce(0) { $0 + $1.block.live }
        return CodeSnapshot(
            generation: generation, blocks: blocks,
            lists: old?.lists.flatMap { claim(blocks: blocks.count, listed: max(chunks, $0.count)) ? $0 : nil })
    }
}

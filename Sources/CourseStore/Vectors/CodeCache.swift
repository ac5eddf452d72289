import Dispatch
import SQLite
import Support

/// What a process keeps of a course between questions: its centres, and of a large course all blocks and, once they were
/// made, lists, within a limit of memory.
///
/// The blocks are those of one generation of the file. When it has changed, only the blocks that were written since are
/// read, whichever process wrote them (`stamp`).
final class CodeCache: Sendable {
    private struct State {
        var snapshot: CodeSnapshot?
        /// Chunks whose lists are being made.
        var making = 0
        /// Nothing more is to be held.
        var isRetired = false
    }

    let layout: CodeLayout
    private let limit: Int
    private let memory: VectorMemory
    private let threshold: Int
    private let listedFrom: Int
    private let state = Locked(State())
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

    deinit { _ = memory.claim(0, for: ObjectIdentifier(self)) }

    /// One that keeps no blocks, for what is not committed yet.
    static func none(dimension: Int) -> CodeCache? {
        CodeLayout(dimension: dimension).map {
            CodeCache(layout: $0, limit: 0, memory: .shared, threshold: .max, listedFrom: .max)
        }
    }

    /// The number of blocks in the connection's snapshot, and what is held of it: nothing when they are too few or too many,
    /// when other courses leave too little memory, or when others have gone on to a later generation meanwhile.
    func current(in connection: Connection) throws -> (blocks: Int, held: CodeSnapshot?) {
        if state.withLock({ $0.snapshot != nil }) {
            let generation = try Generation.current(in: connection)
            if let known = known(generation), known.generation == generation { return (known.blocks.count, known) }
        }
        let count = try CodeTable.count(in: connection)
        guard count * CodeLayout.capacity >= threshold, bytes(blocks: count, listed: 0) <= limit else {
            if state.withLock({ $0.snapshot != nil }) { forget() }
            return (count, nil)
        }
        let generation = try Generation.current(in: connection)
        loading.wait()
        defer { loading.signal() }
        if let known = known(generation) { return (count, known.generation == generation ? known : nil) }
        guard let keepsLists = makeRoom(forBlocks: count) else { return (count, nil) }
        let new: CodeSnapshot
        do {
            new = try load(generation, keepsLists: keepsLists, in: connection)
        } catch {
            // What was held before stays, with what it claims.
            _ = state.withLock { claimAsIs($0) }
            throw error
        }
        let isKept = state.withLock { state in
            if !state.isRetired { state.snapshot = new }
            claimAsIs(state)
            return !state.isRetired
        }
        return (count, isKept ? new : nil)
    }

    /// Holds nothing until there is room for it and it is worth while.
    private func forget() {
        state.withLock { state in
            state.snapshot = nil
            claimAsIs(state)
        }
    }

    /// Nothing is held from now on: the course is closed, or others have its place.
    func retire() {
        state.withLock { state in
            state.isRetired = true
            state.snapshot = nil
            claimAsIs(state)
        }
    }

    // MARK: Lists

    /// The snapshot that lists should be made of: one that has none, or whose lists an eighth of the chunks are not in or
    /// an eighth of which is gone.
    func lackingLists() -> CodeSnapshot? {
        state.withLock { state in
            guard let snapshot = state.snapshot, snapshot.count >= listedFrom,
                bytes(blocks: snapshot.blocks.count, listed: snapshot.count) <= limit
            else { return nil }
            guard let lists = snapshot.lists else { return snapshot }
            let gone = lists.count - (snapshot.count - snapshot.unlisted)
            return max(snapshot.unlisted, gone) > snapshot.count / 8 ? snapshot : nil
        }
    }

    /// Claims memory for new lists beside those there are, which go at once where both do not fit; `endLists` after it.
    /// - Returns: false when there is too little, or lists of another course are being made.
    func beginLists(of snapshot: CodeSnapshot) -> Bool {
        guard memory.beginMaking() else { return false }
        let begins = state.withLock { state in
            guard !state.isRetired, let held = state.snapshot else { return false }
            state.making = snapshot.count
            if claimAsIs(state) { return true }
            // Some seconds without lists are better than lists that fit less and less.
            state.snapshot = CodeSnapshot(generation: held.generation, blocks: held.blocks)
            if claimAsIs(state) { return true }
            (state.snapshot, state.making) = (held, 0)
            return false
        }
        if !begins { memory.endMaking() }
        return begins
    }

    /// Takes lists in. Blocks while another thread loads.
    /// - Parameter generation: of the snapshot that they were made of: a later one has fewer of its chunks, and new ones with
    ///   larger ids.
    func install(_ lists: CodeLists, madeOf generation: Generation) {
        loading.wait()
        defer { loading.signal() }
        guard let held = state.withLock({ $0.snapshot }), held.generation.number >= generation.number else { return }
        let listed = CodeSnapshot(generation: held.generation, blocks: held.blocks, lists: lists)
        state.withLock { state in
            guard state.snapshot != nil else { return }
            (state.snapshot, state.making) = (listed, 0)
            if !claimAsIs(state) { state.snapshot = held }
        }
    }

    func endLists() {
        state.withLock { state in
            state.making = 0
            claimAsIs(state)
        }
        memory.endMaking()
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
        state.withLock { state in
            state.snapshot.flatMap { $0.generation.number >= generation.number ? $0 : nil }
        }
    }

    private func bytes(blocks: Int, listed: Int) -> Int {
        blocks * layout.byteCount + listed * CodeList.bytes(dimension: layout.dimension)
    }

    /// Claims what is held and what is being made, in the place of what was claimed; less than that there always is.
    @discardableResult
    private func claimAsIs(_ state: State) -> Bool {
        let held = state.snapshot.map { bytes(blocks: $0.blocks.count, listed: $0.lists?.count ?? 0) } ?? 0
        return memory.claim(held + bytes(blocks: 0, listed: state.making), for: ObjectIdentifier(self))
    }

    /// Claims memory for as many blocks beside what is held and made; lists that do not fit then will go, or all.
    /// - Returns: whether the lists may stay; nil when the blocks do not fit.
    private func makeRoom(forBlocks count: Int) -> Bool? {
        state.withLock { state in
            guard !state.isRetired else { return nil }
            let listed = state.snapshot?.lists?.count ?? 0
            for kept in [listed, 0] where bytes(blocks: count, listed: kept) <= limit {
                let all = bytes(blocks: count, listed: kept + state.making)
                if memory.claim(all, for: ObjectIdentifier(self)) { return kept == listed }
            }
            state.snapshot = nil
            claimAsIs(state)
            return nil
        }
    }

    private func load(
        _ generation: Generation, keepsLists: Bool, in connection: Connection
    ) throws -> CodeSnapshot {
        let old = state.withLock { $0.snapshot }
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
        return CodeSnapshot(generation: generation, blocks: blocks, lists: keepsLists ? old?.lists : nil)
    }
}

/// All codes of a course as they were at a generation, held in memory. A value that shares what did not change.
struct CodeSnapshot: Sendable {
    struct Entry: Sendable {
        let firstID: Int64
        let block: CodeBlock
    }

    let generation: Generation
    /// By ascending id.
    let blocks: [Entry]
    let lists: CodeLists?
    /// The chunks that are there.
    let live: ChunkRanges
    /// How many they are.
    let count: Int
    /// How many of them have no place in a list.
    let unlisted: Int

    init(generation: Generation, blocks: [Entry], lists: CodeLists? = nil) {
        self.generation = generation
        self.blocks = blocks
        self.lists = lists
        live = ChunkRanges(blocks.flatMap(\.block.liveIDs))
        count = blocks.reduce(0) { $0 + $1.block.live }
        let lastID = lists?.lastID ?? .min
        unlisted = blocks[Self.index(ofID: lastID, in: blocks)...].reduce(0) { sum, entry in
            sum + entry.block.liveIDs.reduce(0) { $0 + Int(max(0, $1.upperBound - max(lastID, $1.lowerBound - 1))) }
        }
    }

    /// The blocks that may hold one of `chosen`; nil for all.
    func forEach(of chosen: ChunkRanges?, _ body: (CodeBlock) throws -> Void) rethrows {
        guard let chosen else { return try blocks.forEach { try body($0.block) } }
        guard let first = chosen.ranges.first, let last = chosen.ranges.last else { return }
        for entry in blocks[Self.index(ofID: first.lowerBound, in: blocks)...] {
            if entry.firstID > last.upperBound { return }
            guard let lastID = entry.block.runs.lastID, chosen.overlaps(entry.firstID...lastID) else { continue }
            try body(entry.block)
        }
    }

    /// About how many of `chosen` there are: no fewer, and more by those that are gone.
    func count(of chosen: ChunkRanges) -> Int {
        guard let first = live.ranges.first, let last = live.ranges.last else { return 0 }
        return chosen.intersection(ChunkRanges([first.lowerBound...last.upperBound])).count
    }

    /// Where the block stands that holds `id`, or would hold it: the last one that does not begin after it, or the first.
    static func index(ofID id: Int64, in blocks: [Entry]) -> Int {
        var (low, high) = (0, blocks.count)
        while low < high {
            let middle = (low + high) / 2
            if blocks[middle].firstID <= id { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }
}

import CourseStore

/// Makes passages of ranked chunks, best first: neighbours are joined, near-duplicates left out.
struct PassageBuilder {
    /// The most chunks of one passage.
    static let chunkLimit = 3

    private(set) var groups: [PassageGroup] = []
    /// True when a chunk came that would have made one passage too many.
    private(set) var isFull = false
    private let limit: Int
    private var fingerprints: [TextFingerprint] = []
    private var words = WordNumbers()

    init(limit: Int) { self.limit = limit }

    /// Takes the next best chunk.
    mutating func add(_ chunk: Chunk, _ ranked: RankedChunk) {
        guard !isFull else { return }
        let fingerprint = TextFingerprint(chunk.text, &words)
        if fingerprints.contains(where: { fingerprint.addsNothing(to: $0) }) { return }
        let new = PassageGroup(chunk, ranked)
        let neighbours = groups.indices.filter { groups[$0].isBeside(new) }
        let joined = neighbours.reduce(new.chunks.count) { $0 + groups[$1].chunks.count }
        if let first = neighbours.first, joined <= Self.chunkLimit {
            // The better one keeps its place; the chunk may be the bridge between two.
            groups[first].join(new)
            for other in neighbours.dropFirst().reversed() { groups[first].join(groups.remove(at: other)) }
        } else if let first = neighbours.first, groups[first].chunks.count < Self.chunkLimit {
            groups[first].join(new)
        } else if groups.count < limit {
            groups.append(new)
        } else {
            isFull = true
            return
        }
        fingerprints.append(fingerprint)
    }
}

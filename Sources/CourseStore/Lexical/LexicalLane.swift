/// One term on its way through the windows.
final class LexicalLane {
    let cursor: PostingCursor
    let weight: Double
    /// The most a posting of the window can add, 0 when there is none.
    private(set) var bound = 0.0
    /// The most a posting of each group can add.
    private let bounds: UnsafeMutablePointer<Double>

    init(_ term: LexicalScorer.Term, _ bm25: BM25) {
        cursor = PostingCursor(term.list)
        weight = term.weight
        bounds = .allocate(capacity: term.list.groupCount)
        for number in 0..<term.list.groupCount {
            let group = term.list.groups[number]
            let often = bm25.score(weight, frequency: UInt32(group.highestFrequency), length: group.shortest.2)
            bounds[number] = max(
                bm25.score(weight, frequency: 1, length: group.shortest.0),
                bm25.score(weight, frequency: 2, length: group.shortest.1),
                group.highestFrequency > 2 ? often : 0)
        }
    }

    deinit { bounds.deallocate() }

    /// Goes to a window.
    func enter(_ first: UInt32) {
        cursor.skip(to: first)
        let (groups, count) = (cursor.list.groups, cursor.list.groupCount)
        let end = first + UInt32(LexicalWindow.size)
        var group = cursor.group
        bound = 0
        while group < count, groups[group].base + 1 < end {
            bound = max(bound, bounds[group])
            group += 1
        }
    }
}

import CKernels
import Glibc

/// The codes of a large course by lists of vectors that lie together (an inverted file, Sivic and Zisserman, ICCV 2003):
/// a search looks only into the lists that may hold one of the nearest. Never changes; chunks that came later are
/// searched as if there were no lists, those that went are left out by the caller.
struct CodeLists: Sendable {
    /// Lists that are looked into before all others are told apart by what these have shown.
    private static let first = 8

    /// All chunks up to this one that were there have their place in a list.
    let lastID: Int64
    let count: Int
    private let centres: ListCentres
    private let rotation: CodeRotation
    private let lists: [Held]
    /// Of each list, apart from it, for all of them are looked at for each query.
    private let outlines: [(centre: Int, spread: Float)]
    /// The most chunks of a list.
    private let longest: Int

    /// One reference is counted for a search in it, where a copy of the list counts one to each of its arrays.
    private final class Held: Sendable {
        let list: CodeList

        init(_ list: CodeList) { self.list = list }
    }

    init(lastID: Int64, centres: ListCentres, rotation: CodeRotation, lists: [CodeList]) {
        self.lastID = lastID
        self.centres = centres
        self.rotation = rotation
        self.lists = lists.map(Held.init)
        outlines = lists.map { ($0.centre, $0.spread) }
        count = lists.reduce(0) { $0 + $1.ids.count }
        longest = lists.reduce(0) { max($0, $1.ids.count) }
    }

    /// The chunks that may be among the `limit` nearest, in any order, and of how many the codes were looked at: what a
    /// search costs, by which tests see that it stops early.
    /// - Parameter isWanted: whether a chunk is still there, and to be found.
    func candidates(
        _ query: [Float], limit: Int, level: CodeLevel = .used, _ isWanted: (Int64) -> Bool
    ) -> (found: [Candidate], looked: Int) {
        let listQuery = ListQuery(query, rotation, level: level)
        let products = centres.products(query)
        let reach = Self.reach(limit: limit) * listQuery.length
        let hopes = outlines.map { products[$0.centre] + reach * $0.spread }
        var scratch = ListScratch(longest: longest)
        var best = BestScores(limit: limit)
        var found: [Candidate] = []
        var looked = 0
        func look(into index: Int) {
            let product = products[outlines[index].centre]
            let list = lists[index].list
            looked += list.ids.count
            list.scan(listQuery, product: product, &best, &found, &scratch, isWanted)
        }
        var firsts = BestScores(limit: Self.first)
        for (index, hope) in hopes.enumerated() { firsts.insert(ScoredChunk(id: Int64(index), score: hope)) }
        let nearest = firsts.sorted().map { Int($0.id) }
        for index in nearest { look(into: index) }
        let threshold = best.threshold ?? -.infinity
        let others = hopes.indices.filter { hopes[$0] >= threshold && !nearest.contains($0) }
        for index in others.sorted(by: { hopes[$0] > hopes[$1] }) {
            if hopes[index] < best.threshold ?? -.infinity { break }
            look(into: index)
        }
        return (found, looked)
    }

    /// How much nearer to a query than their centre the vectors of a list may be, as a part of their spread. Measured for
    /// a recall of more than 99 in 100 (Benchmarks/README.md): whoever asks for many gets some that are less near, and of
    /// those fewer stand apart from their list.
    static func reach(limit: Int) -> Float { min(0.6, max(0.48, 0.72 - 0.12 * log10f(Float(max(1, limit))))) }
}

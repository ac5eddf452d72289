/// Chosen chunks, as ranges of ids: ascending, apart, and not touching each other.
///
/// The chunks of a document have ids one after another, so documents are few ranges, however long they are.
package struct ChunkRanges: Sendable, Hashable {
    package let ranges: [ClosedRange<Int64>]

    /// - Parameter ranges: in any order; they may overlap.
    package init(_ ranges: some Sequence<ClosedRange<Int64>>) {
        self.ranges = Self.joined(ranges.sorted { $0.lowerBound < $1.lowerBound }, gap: 0)
    }

    package init(ids: some Sequence<Int64>) { self.init(ids.map { $0...$0 }) }

    /// All ids but these.
    package var complement: ChunkRanges {
        var rest: [ClosedRange<Int64>] = []
        var start = Int64.min
        for range in ranges {
            if range.lowerBound > start { rest.append(start...(range.lowerBound - 1)) }
            guard range.upperBound < .max else { return ChunkRanges(rest) }
            start = range.upperBound + 1
        }
        return ChunkRanges(rest + [start ... .max])
    }

    /// The ids that are in both.
    func intersection(_ other: ChunkRanges) -> ChunkRanges {
        var both: [ClosedRange<Int64>] = []
        for range in other.ranges { forEach(within: range) { both.append($0) } }
        return ChunkRanges(both)
    }

    /// Ids within the ranges, whether there are such chunks or not.
    package var count: Int {
        ranges.reduce(0) { sum, range in
            let width = range.upperBound.subtractingReportingOverflow(range.lowerBound)
            let next = sum.addingReportingOverflow(width.overflow ? .max : Int(width.partialValue))
            let counted = next.partialValue.addingReportingOverflow(1)
            return next.overflow || counted.overflow ? .max : counted.partialValue
        }
    }

    /// At most `limit` of the ids, spread evenly; all when they are no more.
    func spread(_ limit: Int) -> [Int64] {
        let count = count, chosen = min(limit, count)
        var (ids, before, index) = ([Int64](), 0, 0)
        for number in 0..<chosen {
            // Of all ids, in their order.
            let position = Int(Double(number) * Double(count) / Double(chosen))
            while index < ranges.count, position - before >= ranges[index].count {
                before += ranges[index].count
                index += 1
            }
            guard index < ranges.count else { break }
            ids.append(ranges[index].lowerBound + Int64(position - before))
        }
        return ids
    }

    package func contains(_ id: Int64) -> Bool {
        let index = firstIndex(endingAtOrAfter: id)
        return index < ranges.count && ranges[index].lowerBound <= id
    }

    func overlaps(_ other: ClosedRange<Int64>) -> Bool {
        let index = firstIndex(endingAtOrAfter: other.lowerBound)
        return index < ranges.count && ranges[index].lowerBound <= other.upperBound
    }

    /// The parts of the ranges that lie within `other`, ascending.
    func forEach(within other: ClosedRange<Int64>, _ body: (ClosedRange<Int64>) -> Void) {
        for range in ranges[firstIndex(endingAtOrAfter: other.lowerBound)...] {
            guard range.lowerBound <= other.upperBound else { return }
            body(max(range.lowerBound, other.lowerBound)...min(range.upperBound, other.upperBound))
        }
    }

    /// The ranges with those joined that lie at most `gap` ids apart: fewer, and wider.
    func spans(gap: Int64) -> [ClosedRange<Int64>] { Self.joined(ranges, gap: gap) }

    private func firstIndex(endingAtOrAfter id: Int64) -> Int {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < id { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func joined(_ sorted: [ClosedRange<Int64>], gap: Int64) -> [ClosedRange<Int64>] {
        var joined: [ClosedRange<Int64>] = []
        for range in sorted {
            guard let last = joined.last else {
                joined.append(range)
                continue
            }
            let (reach, overflow) = last.upperBound.addingReportingOverflow(gap + 1)
            if overflow || range.lowerBound <= reach {
                joined[joined.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
        return joined
    }
}

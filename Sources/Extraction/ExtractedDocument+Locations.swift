import Support

extension ExtractedDocument {
    /// Where each part of the bytes `range` stands, by pages and marks; the offsets count from the range's beginning.
    /// - Parameter start: what lies before it belongs to no mark.
    package func locations(of range: Range<Int>, marksFrom start: Int) -> [TextLocation] {
        guard !range.isEmpty else { return [] }
        let start = max(start, range.lowerBound)
        var borders = [range.lowerBound] + Self.within(range, pageOffsets.count) { pageOffsets[$0] }
        if markKind != nil, start < range.upperBound {
            borders.append(start)
            borders += Self.within(start..<range.upperBound, marks.count) { marks[$0].offset }
            borders.sort()
        }
        var locations: [TextLocation] = []
        for border in borders {
            let page = pages(of: border..<(border + 1))?.lowerBound
            locations.add(
                TextLocation(
                    offset: border - range.lowerBound, page: page, recognised: page.map(isRecognised) ?? false,
                    place: border < start ? nil : place(of: border..<(border + 1))))
        }
        return locations
    }

    private func isRecognised(_ page: Int) -> Bool {
        let index = Self.count(of: recognisedPages.count, atOrBefore: page) { recognisedPages[$0] } - 1
        return index >= 0 && recognisedPages[index] == page
    }

    /// Those of `count` ascending offsets that lie within `range`.
    private static func within(_ range: Range<Int>, _ count: Int, _ offsetAt: (Int) -> Int) -> [Int] {
        let first = Self.count(of: count, atOrBefore: range.lowerBound - 1, offsetAt)
        let end = Self.count(of: count, atOrBefore: range.upperBound - 1, offsetAt)
        return (first..<max(first, end)).map(offsetAt)
    }
}

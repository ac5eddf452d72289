/// Two columns of prose on a page, and the order in which they are read: each to its end, between what spans both.
///
/// poppler goes from column to column wherever white space reaches across the page, for example at two headings that
/// happen to stand side by side.
struct PageColumns {
    enum Side {
        case left, right, both
    }

    /// Columns are this long at least, in lines that fill most of their width.
    private static let fewestLines = 8

    /// Where the gutter is, from the page's left.
    let gutter: Float

    /// nil when the page does not have two columns of prose.
    init?(_ lines: [PDFLine]) {
        let boxes = lines.filter { $0.words.count >= 3 }.map(\.box)
        guard boxes.count >= 2 * Self.fewestLines, let left = boxes.map(\.left).min(),
            let right = boxes.map(\.right).max(), right > left
        else { return nil }
        // The place in the middle of the page that the fewest lines cross.
        let places = (0...40).map { left + (right - left) * (0.38 + 0.24 * Float($0) / 40) }
        let crossings = places.map { place in boxes.filter { $0.left < place && $0.right > place }.count }
        guard let fewest = crossings.min(), fewest * 4 < boxes.count else { return nil }
        let best = crossings.indices.filter { crossings[$0] == fewest }
        gutter = places[best[best.count / 2]]
        let columns = [Side.left, .right].map { side in boxes.filter { self.side(of: $0) == side } }
        guard columns.allSatisfy({ Self.isProse($0) }) else { return nil }
        // Side by side, not one after the other.
        let areas = columns.map { column in column.dropFirst().reduce(column[0]) { $0.union($1) } }
        guard areas[0].sharedHeight(areas[1]) > 0.5 * min(areas[0].height, areas[1].height) else { return nil }
    }

    private static func isProse(_ column: [PDFBox]) -> Bool {
        guard let left = column.map(\.left).min(), let right = column.map(\.right).max() else { return false }
        return column.filter { $0.width > 0.7 * (right - left) }.count >= fewestLines
    }

    func side(of box: PDFBox) -> Side {
        if box.right <= gutter + 2 { return .left }
        return box.left >= gutter - 2 ? .right : .both
    }

    /// Within the bands between blocks that span both columns: left, then right.
    func ordered(_ blocks: [LayoutBlock]) -> [LayoutBlock] {
        let spanning = blocks.filter { side(of: $0.box) == .both }.map(\.box.middleY)
        let keys = blocks.map { block -> (band: Int, side: Int) in
            let above = spanning.filter { $0 < block.box.middleY }.count
            switch side(of: block.box) {
            case .both: return (2 * above + 1, 0)
            case .left: return (2 * above, 0)
            case .right: return (2 * above, 1)
            }
        }
        // poppler's order within a column.
        return blocks.indices.sorted { (keys[$0].band, keys[$0].side, $0) < (keys[$1].band, keys[$1].side, $1) }
            .map { blocks[$0] }
    }
}

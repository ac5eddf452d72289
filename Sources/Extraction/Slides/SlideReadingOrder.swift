/// The order in which people read what stands on a slide.
///
/// The order in the file is that of drawing, the order of position alone mixes columns whose tops differ by a hair. So the
/// slide is cut again and again (recursive X-Y cut; Nagy and Seth, 1984): where an empty stripe goes from edge to edge,
/// what is above comes before what is below; else, where one goes from top to bottom, what is left comes before what is
/// right. What cannot be cut, because it overlaps, goes by its upper left corner.
enum SlideReadingOrder {
    /// Boxes are larger than their text: so many percent of a side may overlap.
    private static let tolerance = 10
    /// Each cut makes the parts smaller; a slide that needs more is a drawing whose order says little.
    private static let depthLimit = 64

    /// A box without its margins.
    private struct Area {
        let index: Int
        let horizontal: Range<Int>
        let vertical: Range<Int>

        init(_ box: SlideBox, index: Int) {
            self.index = index
            let (dx, dy) = (box.width * tolerance / 200, box.height * tolerance / 200)
            horizontal = (box.left + dx)..<max(box.right - dx, box.left + dx + 1)
            vertical = (box.top + dy)..<max(box.bottom - dy, box.top + dy + 1)
        }
    }

    /// - Parameter boxes: nil for what has no place; it comes first, as in the file.
    /// - Returns: the indices of `boxes` in reading order.
    static func order(_ boxes: [SlideBox?]) -> [Int] {
        let areas = boxes.enumerated().compactMap { index, box in box.map { Area($0, index: index) } }
        return boxes.indices.filter { boxes[$0] == nil } + cut(areas, depth: 0).map(\.index)
    }

    private static func cut(_ areas: [Area], depth: Int) -> [Area] {
        guard areas.count > 1 else { return areas }
        if depth < depthLimit {
            for side in [\Area.vertical, \Area.horizontal] {
                let parts = split(areas, along: side)
                if parts.count > 1 { return parts.flatMap { cut($0, depth: depth + 1) } }
            }
        }
        return areas.sorted {
            ($0.vertical.lowerBound, $0.horizontal.lowerBound, $0.index)
                < ($1.vertical.lowerBound, $1.horizontal.lowerBound, $1.index)
        }
    }

    /// Groups between which there is an empty stripe, in order.
    private static func split(_ areas: [Area], along side: KeyPath<Area, Range<Int>>) -> [[Area]] {
        let sorted = areas.sorted {
            ($0[keyPath: side].lowerBound, $0.index) < ($1[keyPath: side].lowerBound, $1.index)
        }
        var parts: [[Area]] = []
        var end = Int.min
        for area in sorted {
            if area[keyPath: side].lowerBound >= end { parts.append([]) }
            parts[parts.count - 1].append(area)
            end = max(end, area[keyPath: side].upperBound)
        }
        return parts
    }
}

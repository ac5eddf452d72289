/// The order in which people read what stands on a slide.
///
/// The order in the file is that of drawing, the order of position alone mixes columns whose tops differ by a hair. So the
/// slide is cut again and again (recursive X-Y cut; Nagy and Seth, 1984): where an empty stripe goes from edge to edge, what is above comes
/// before what is below; else, where one goes from top to bottom, what is left comes before what is right. What cannot be
/// cut, because it overlaps, keeps the order in the file.
enum SlideReadingOrder {
    /// Boxes are larger than their text: so many percent of a side may overlap.
    private static let tolerance = 10

    /// - Parameter boxes: nil for what has no place; it comes first, as in the file.
    /// - Returns: the indices of `boxes` in reading order.
    static func order(_ boxes: [SlideBox?]) -> [Int] {
        let placed = boxes.indices.filter { boxes[$0] != nil }
        let unplaced = boxes.indices.filter { boxes[$0] == nil }
        return unplaced + cut(placed, boxes.map { $0.map(Spans.init) }, depth: 0)
    }

    /// Each cut makes the parts smaller, so the depth is bounded by their number; a slide of hundreds of shapes is a
    /// drawing whose order says little.
    private static let depthLimit = 64

    /// A box without its margins.
    private struct Spans {
        let horizontal: Range<Int>
        let vertical: Range<Int>

        init(_ box: SlideBox) {
            let (dx, dy) = (box.width * tolerance / 200, box.height * tolerance / 200)
            horizontal = (box.left + dx)..<max(box.right - dx, box.left + dx + 1)
            vertical = (box.top + dy)..<max(box.bottom - dy, box.top + dy + 1)
        }
    }

    private static func cut(_ items: [Int], _ spans: [Spans?], depth: Int) -> [Int] {
        guard items.count > 1, depth < depthLimit else { return items }
        for side in [\Spans.vertical, \Spans.horizontal] {
            let parts = split(items) { spans[$0]?[keyPath: side] ?? 0..<1 }
            if parts.count > 1 { return parts.flatMap { cut($0, spans, depth: depth + 1) } }
        }
        return items
    }

    /// Groups of items between which there is an empty stripe, in order; within a group the order in the file stays.
    private static func split(_ items: [Int], _ span: (Int) -> Range<Int>) -> [[Int]] {
        let sorted = items.sorted { (span($0).lowerBound, $0) < (span($1).lowerBound, $1) }
        var parts: [[Int]] = []
        var end = Int.min
        for item in sorted {
            let range = span(item)
            if range.lowerBound >= end { parts.append([]) }
            parts[parts.count - 1].append(item)
            end = max(end, range.upperBound)
        }
        return parts.map { $0.sorted() }
    }
}

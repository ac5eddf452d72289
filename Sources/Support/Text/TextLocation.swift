/// Where a part of a text stands in its document: from `offset` to the next location of the text.
package struct TextLocation: Codable, Sendable, Hashable {
    /// UTF-8 bytes from the beginning of the text.
    package let offset: Int
    /// From 1; nil for formats without pages.
    package let page: Int?
    /// Whether this page was recognised from its picture.
    package let recognised: Bool
    /// Cells, times or lines, for formats that have such: `Notas!A2:F2`, `00:01:23–00:01:27`, `10`.
    package let place: String?

    package init(offset: Int, page: Int?, recognised: Bool = false, place: String? = nil) {
        self.offset = offset
        self.page = page
        self.recognised = recognised
        self.place = place
    }

    package func moved(to offset: Int) -> TextLocation {
        TextLocation(offset: offset, page: page, recognised: recognised, place: place)
    }
}

extension [TextLocation] {
    /// Those of `self`, in the order of their offsets, that tell where the bytes `range` stand; the first one may begin
    /// before it.
    package func covering(_ range: Range<Int>) -> ArraySlice<TextLocation> {
        let end = firstIndex { $0.offset >= Swift.max(range.upperBound, range.lowerBound + 1) } ?? endIndex
        let start = self[..<end].lastIndex { $0.offset <= range.lowerBound } ?? startIndex
        return self[start..<end]
    }

    /// Adds a location behind all others, unless it says nothing new.
    package mutating func add(_ next: TextLocation) {
        if let last, last.offset == next.offset { removeLast() }
        if let last, last.moved(to: next.offset) == next { return }
        append(next)
    }
}

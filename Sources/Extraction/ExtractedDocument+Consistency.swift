extension ExtractedDocument {
    /// Whether blocks, pages and marks lie in order within the text and on the borders of its characters. In time linear in
    /// their number.
    var isConsistent: Bool {
        // Contiguous already unless it came from elsewhere; then this copies once.
        var text = text
        return text.withUTF8 { bytes in
            let isBorder: (Int) -> Bool = { $0 == bytes.count || ($0 < bytes.count && bytes[$0] & 0xc0 != 0x80) }
            return Self.areInOrder(blocks, isBorder)
                && Self.areAscending(pageOffsets) && pageOffsets.allSatisfy { $0 >= 0 && isBorder($0) }
                // A mark at the end may announce a block that did not come: it stands behind the blank line before it.
                && Self.areAscending(marks.lazy.map(\.offset))
                && marks.allSatisfy { $0.offset >= 0 && ($0.offset > bytes.count || isBorder($0.offset)) }
                && marks.last.map { $0.offset <= bytes.count + 2 } ?? true
                && arePages(emptyPages) && arePages(recognisedPages) && (pageCount ?? 0) >= 0
        }
    }

    private static func areInOrder(_ blocks: [Block], _ isBorder: (Int) -> Bool) -> Bool {
        var end = 0
        for block in blocks {
            let (range, header) = (block.range, block.headerLength)
            guard range.lowerBound >= end, !range.isEmpty, isBorder(range.lowerBound), isBorder(range.upperBound),
                (0...6).contains(block.level), (0..<range.count).contains(header),
                isBorder(range.lowerBound + header)
            else { return false }
            end = range.upperBound
        }
        return true
    }

    private static func areAscending(_ offsets: some Collection<Int>) -> Bool {
        zip(offsets, offsets.dropFirst()).allSatisfy { $0 <= $1 }
    }

    /// Page numbers from 1, each once.
    private func arePages(_ numbers: [Int]) -> Bool {
        numbers.allSatisfy { $0 >= 1 && $0 <= pageCount ?? .max }
            && zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }
    }
}

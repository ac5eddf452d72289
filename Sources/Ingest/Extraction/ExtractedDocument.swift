/// What an extractor finds in a file: its whole text, and where the text's parts and pages begin.
///
/// The text is clean (no control characters, precomposed letters, `\n` line ends); blocks are separated by one blank
/// line. All offsets count UTF-8 bytes of `text`.
package struct ExtractedDocument: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable {
        case heading, paragraph, list, table, code
    }

    /// A part of the text that stands by itself. Blocks are in order and do not overlap; what lies between two of
    /// them is white space.
    package struct Block: Codable, Sendable, Equatable {
        package let kind: Kind
        package let range: Range<Int>
        /// 1 (outermost) to 6 for a heading, 0 for all else.
        package let level: Int
        /// Bytes of a table's head rows, their line end included; 0 when it has none.
        package let headerLength: Int
    }

    /// The document's own title, when it has one.
    package let title: String?
    /// For example `application/pdf`.
    package let mediaType: String
    /// `pt` or `en`, or empty when neither is likely.
    package let language: String
    package let text: String
    package let blocks: [Block]
    /// Pages in the file; nil for a format without pages.
    package let pageCount: Int?
    /// Where each page begins in the text; empty for a format without pages.
    package let pageOffsets: [Int]
    /// Pages (from 1) on which no text was found.
    package let emptyPages: [Int]
    /// Sentences for staff about what may be missing or wrong.
    package let warnings: [String]

    /// The pages (from 1) on which the bytes `range` lie.
    package func pages(of range: Range<Int>) -> ClosedRange<Int>? {
        guard !pageOffsets.isEmpty, !range.isEmpty else { return nil }
        let first = page(of: range.lowerBound)
        return first...max(first, page(of: range.upperBound - 1))
    }

    /// Binary search for the last page that begins at or before `offset`.
    private func page(of offset: Int) -> Int {
        var (low, high) = (0, pageOffsets.count)
        while low < high {
            let middle = (low + high) / 2
            if pageOffsets[middle] <= offset { low = middle + 1 } else { high = middle }
        }
        return max(low, 1)
    }
}

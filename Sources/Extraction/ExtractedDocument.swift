import Support

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

    package typealias PageUnit = Support.PageUnit

    /// What the marks of a format stand for; it decides how two of them are joined.
    package enum MarkKind: String, Codable, Sendable {
        /// `00:01:23`: subtitles and transcripts.
        case time
        /// `Notas!A2` to `F2`: the cells of a row.
        case cells
        /// `10`: the lines of a program.
        case line
    }

    /// A place within a format without pages, from `offset` to the next mark.
    package struct Mark: Codable, Sendable, Equatable {
        package let offset: Int
        /// For example `00:01:23`, `Notas!A2`, `10`.
        package let first: String
        /// For example `00:01:27`, `F2`, `10`.
        package let last: String
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
    package let pageUnit: PageUnit
    /// Pages (from 1) whose text was recognised from their picture.
    package let recognisedPages: [Int]
    /// nil when there are no marks.
    package let markKind: MarkKind?
    /// In the order of their offsets.
    package let marks: [Mark]
    /// Sentences for staff about what may be missing or wrong.
    package let warnings: [String]

    /// The pages (from 1) on which the bytes `range` lie.
    package func pages(of range: Range<Int>) -> ClosedRange<Int>? {
        guard !pageOffsets.isEmpty, !range.isEmpty else { return nil }
        let first = page(of: range.lowerBound)
        return first...max(first, page(of: range.upperBound - 1))
    }

    /// Where the bytes `range` lie, for a format with marks: `00:01:23–00:02:10`, `Notas!A2:F31`, `10–42`.
    package func place(of range: Range<Int>) -> String? {
        guard let markKind, !marks.isEmpty, !range.isEmpty else { return nil }
        let from = Self.count(of: marks.count, atOrBefore: range.lowerBound) { marks[$0].offset }
        let to = Self.count(of: marks.count, atOrBefore: range.upperBound - 1) { marks[$0].offset }
        // What stands before the first mark belongs to none.
        guard to > 0 else { return nil }
        let (first, last) = (marks[max(from, 1) - 1].first, marks[to - 1].last)
        // `Notas!A2` to `A2` is one cell.
        if first == last || markKind == .cells && first.hasSuffix("!" + last) { return first }
        return first + (markKind == .cells ? ":" : "–") + last
    }

    private func page(of offset: Int) -> Int {
        max(Self.count(of: pageOffsets.count, atOrBefore: offset) { pageOffsets[$0] }, 1)
    }

    /// Binary search: how many of `count` ascending offsets are not after `offset`.
    static func count(of count: Int, atOrBefore offset: Int, _ offsetAt: (Int) -> Int) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if offsetAt(middle) <= offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// The lines of a text, in bounds: a file of line ends alone would make far more of them than memory holds.
enum TextLines {
    /// The most lines of one text; a long book has 50,000.
    static let limit = 2_000_000
    /// So many blank lines in a row are kept, since more say nothing more.
    private static let blanksInARow = 2

    /// The lines of `clean`, blank ones among them; of more than two empty lines in a row, two.
    static func of(_ clean: String, limit: Int = limit) throws(IngestError) -> [Substring] {
        var lines: [Substring] = []
        let bytes = clean.utf8
        var (start, blanks) = (bytes.startIndex, 0)
        while true {
            let end = bytes[start...].firstIndex(of: 0x0a) ?? bytes.endIndex
            blanks = start == end ? blanks + 1 : 0
            if blanks <= blanksInARow { lines.append(Substring(bytes[start..<end])) }
            guard lines.count <= limit else { throw .tooLarge("The number of lines", limit: "\(limit)") }
            guard end < bytes.endIndex else { return lines }
            start = bytes.index(after: end)
        }
    }
}

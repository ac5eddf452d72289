extension String {
    /// The text of a range of UTF-8 offsets. The ends must lie on scalar boundaries.
    package func utf8Substring(_ range: Range<Int>) -> String { String(Substring(utf8Slice(range))) }

    /// The bytes of a range of UTF-8 offsets, without copying.
    package func utf8Slice(_ range: Range<Int>) -> Substring.UTF8View {
        let start = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
        return utf8[start..<utf8.index(start, offsetBy: range.count)]
    }
}

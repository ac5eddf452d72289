/// Lines with their places, for `DocumentBuilder.add(_:lines:)`.
enum PlacedLines {
    typealias Line = (text: String, first: String, last: String)

    /// Bytes of a file for each of which the lines that share one place become one more.
    private static let bytesPerStep = 2_500_000

    /// How many lines share a place in a file of `size` bytes: one in any that people write; several in larger ones, so that
    /// the places do not take more memory than the text.
    static func linesPerPlace(size: Int) -> Int { size / bytesPerStep + 1 }

    /// `lines` by `count` put together; the first `alone` stay as they are.
    static func grouped(_ lines: [Line], by count: Int, alone: Int = 0) -> [Line] {
        guard count > 1, let first = lines.first else { return lines }
        var groups: [Line] = alone > 0 ? [first] : []
        var index = alone > 0 ? 1 : 0
        while index < lines.count {
            let group = lines[index..<min(index + count, lines.count)]
            groups.append((group.map(\.text).joined(separator: "\n"), lines[index].first, group.last?.last ?? ""))
            index += count
        }
        return groups
    }
}

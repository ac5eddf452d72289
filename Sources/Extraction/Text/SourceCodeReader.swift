/// A program's source: blocks of code, each line with its number, cut where a definition begins after a blank line.
enum SourceCodeReader {
    /// A block is cut at a blank line once it has so many lines, even where nothing new begins.
    private static let longBlock = 60

    static func read(_ decoded: TextDecoder.Decoded) throws(IngestError) -> ExtractedDocument {
        var builder = DocumentBuilder()
        builder.warnings += decoded.warnings
        builder.markKind = .line
        var block: [PlacedLines.Line] = []
        var blanks = 0
        let step = PlacedLines.linesPerPlace(size: decoded.text.utf8.count)
        let bytes = TextCleaner.clean(decoded.text).utf8
        var (number, kept, end) = (0, 0, bytes.startIndex)
        // Line by line: a file of line ends alone would make more of them than memory holds.
        while number == 0 || end < bytes.endIndex {
            let start = number == 0 ? end : bytes.index(after: end)
            end = bytes[start...].firstIndex(of: 0x0a) ?? bytes.endIndex
            number += 1
            let line = trimmed(Substring(bytes[start..<end]))
            if line.isEmpty {
                blanks += 1
                // Of many blank lines, two.
                if block.isEmpty || blanks > 2 { continue }
            } else if blanks > 0 {
                let isTopLevel =
                    line.utf8.first.map { !TextCleaner.isWhiteSpace($0) && !")]}".utf8.contains($0) } ?? false
                if isTopLevel || block.count >= longBlock { try flush(&block, by: step, into: &builder) }
                blanks = 0
            }
            block.append((String(line), "\(number)", "\(number)"))
            kept += 1
            guard kept <= TextLines.limit else { throw .tooLarge("The number of lines", limit: "\(TextLines.limit)") }
        }
        try flush(&block, by: step, into: &builder)
        guard !builder.blocks.isEmpty else { throw .blank }
        return builder.finish(title: nil, mediaType: "text/plain")
    }

    private static func flush(
        _ block: inout [PlacedLines.Line], by step: Int, into builder: inout DocumentBuilder
    ) throws(IngestError) {
        while let last = block.last, last.text.isEmpty { block.removeLast() }
        if !block.isEmpty { try builder.add(.code, lines: PlacedLines.grouped(block, by: step)) }
        block = []
    }

    /// Without white space at the end.
    private static func trimmed(_ line: Substring) -> Substring {
        let end = line.utf8.lastIndex { !TextCleaner.isWhiteSpace($0) }
        return end.map { Substring(line.utf8[...$0]) } ?? ""
    }
}

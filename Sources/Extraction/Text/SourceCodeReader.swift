/// A program's source: blocks of code, each line with its number, cut where a definition begins after a blank line.
enum SourceCodeReader {
    /// A block is cut at a blank line once it has so many lines, even where nothing new begins.
    private static let longBlock = 60

    static func read(_ decoded: TextDecoder.Decoded) throws(IngestError) -> ExtractedDocument {
        var builder = DocumentBuilder()
        builder.warnings += decoded.warnings
        builder.markKind = .line
        var block: [PlacedLines.Line] = []
        var isAfterBlank = false
        let step = PlacedLines.linesPerPlace(size: decoded.text.utf8.count)
        let lines = TextCleaner.clean(decoded.text).utf8.split(separator: 0x0a, omittingEmptySubsequences: false)
        for (index, bytes) in lines.enumerated() {
            let line = trimmed(Substring(bytes))
            if line.isEmpty {
                isAfterBlank = true
                if block.isEmpty { continue }
            } else if isAfterBlank {
                let isTopLevel =
                    line.utf8.first.map { !TextCleaner.isWhiteSpace($0) && !")]}".utf8.contains($0) } ?? false
                if isTopLevel || block.count >= longBlock { try flush(&block, by: step, into: &builder) }
                isAfterBlank = false
            }
            block.append((String(line), "\(index + 1)", "\(index + 1)"))
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

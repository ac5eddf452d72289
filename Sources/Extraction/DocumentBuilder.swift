import Support

/// Puts an `ExtractedDocument` together, block by block, and keeps it within bounds.
struct DocumentBuilder {
    /// The most text of one document: about 4,000 printed pages of prose take 10 MB.
    static let textLimit = 20_000_000
    /// The most blocks of one document.
    static let blockLimit = 200_000
    /// Bytes of the longest heading.
    static let headingLimit = 300
    /// Pages of a text with form feeds, which has more of them than any book.
    static let pageLimit = 100_000
    /// The most places of one document: as many as a large sheet has rows.
    static let markLimit = 1_000_000

    private(set) var text = ""
    private(set) var blocks: [ExtractedDocument.Block] = []
    private(set) var pageOffsets: [Int] = []
    private(set) var marks: [ExtractedDocument.Mark] = []
    /// What the marks stand for.
    var markKind: ExtractedDocument.MarkKind?
    var pageUnit = ExtractedDocument.PageUnit.page
    var warnings: [String] = []
    private var hidden = HiddenCharacters()

    /// From here on the text is of the next page.
    mutating func beginPage() { pageOffsets.append(text.utf8.count) }

    /// The next block begins at this place of its format (`markKind`); see `ExtractedDocument.Mark`.
    mutating func mark(_ first: String, to last: String) {
        // Where the next block will stand: after the blank line that parts it from the one before.
        let offset = text.isEmpty ? 0 : text.utf8.count + 2
        if marks.last?.offset == offset { marks.removeLast() }
        marks.append(.init(offset: offset, first: first, last: last))
    }

    /// Adds a block made of lines that each have a place of their own: the rows of a sheet, the lines of a program.
    /// - Parameters:
    ///   - lines: clean and without line ends.
    ///   - headerLines: the first lines of a table that are its head.
    ///   - separator: one byte; a space where the lines run on as a paragraph.
    mutating func add(
        _ kind: ExtractedDocument.Kind, lines: [(text: String, first: String, last: String)], headerLines: Int = 0,
        separator: Character = "\n"
    ) throws(IngestError) {
        var offset = text.isEmpty ? 0 : text.utf8.count + 2
        var joined = ""
        var headerLength = 0
        for (number, line) in lines.enumerated() {
            if marks.last?.offset == offset { marks.removeLast() }
            marks.append(.init(offset: offset, first: line.first, last: line.last))
            if number > 0 { joined.append(separator) }
            joined += line.text
            offset += line.text.utf8.count + 1
            if number + 1 == headerLines, number + 1 < lines.count { headerLength = joined.utf8.count + 1 }
        }
        try append(joined, kind, level: 0, headerLength: headerLength)
    }

    /// A heading, or a paragraph when it is longer than headings are: each chunk below repeats its headings.
    /// - Parameter level: 1 to 6; others are brought into that range.
    mutating func heading(_ raw: String, level: Int) throws(IngestError) {
        hidden.scan(raw)
        let oneLine = TextCleaner.collapsingWhiteSpace(raw)
        guard oneLine.utf8.count <= Self.headingLimit else {
            return try append(oneLine, .paragraph, level: 0, headerLength: 0)
        }
        try append(oneLine, .heading, level: min(max(level, 1), 6), headerLength: 0)
    }

    /// Adds a block; nothing happens when `raw` is blank.
    /// - Parameter headerLines: the first lines of a table that are its head.
    mutating func add(
        _ kind: ExtractedDocument.Kind, _ raw: String, headerLines: Int = 0
    ) throws(IngestError) {
        hidden.scan(raw)
        let clean = TextCleaner.trimmingBlankLines(TextCleaner.clean(raw))
        var headerLength = 0
        if headerLines > 0 {
            var left = headerLines
            for (offset, byte) in clean.utf8.enumerated() where byte == UInt8(ascii: "\n") {
                left -= 1
                if left == 0 {
                    headerLength = offset + 1
                    break
                }
            }
        }
        try append(clean, kind, level: 0, headerLength: headerLength)
    }

    private mutating func append(
        _ clean: String, _ kind: ExtractedDocument.Kind, level: Int, headerLength: Int
    ) throws(IngestError) {
        guard !clean.isEmpty else { return }
        guard text.utf8.count + clean.utf8.count <= Self.textLimit else {
            throw .tooLarge("The text", limit: "\(Self.textLimit / 1_000_000) MB")
        }
        guard blocks.count < Self.blockLimit else {
            throw .tooLarge("The number of paragraphs", limit: "\(Self.blockLimit)")
        }
        if !text.isEmpty { text += "\n\n" }
        let start = text.utf8.count
        text += clean
        blocks.append(
            .init(kind: kind, range: start..<text.utf8.count, level: level, headerLength: headerLength))
    }

    /// The last block's text when it is a paragraph: at most its last 200 bytes.
    var lastParagraph: Substring? {
        guard let block = blocks.last, block.kind == .paragraph else { return nil }
        let tail = text.utf8.suffix(min(200, block.range.count)).drop { $0 & 0xc0 == 0x80 }
        return Substring(tail)
    }

    /// Replaces the end of the last paragraph (at most its last 200 bytes) by what `extend` makes of it. Its text must be clean.
    mutating func extendLastParagraph(_ extend: (inout String) -> Void) throws(IngestError) {
        guard let block = blocks.last, let tail = lastParagraph else { return }
        var end = String(tail)
        extend(&end)
        let clean = TextCleaner.clean(end)
        guard text.utf8.count + clean.utf8.count <= Self.textLimit else {
            throw .tooLarge("The text", limit: "\(Self.textLimit / 1_000_000) MB")
        }
        text.removeSubrange(tail.startIndex..<text.endIndex)
        text += clean
        blocks[blocks.count - 1] = .init(
            kind: .paragraph, range: block.range.lowerBound..<text.utf8.count, level: 0, headerLength: 0)
    }

    /// The text without its programs, as much as the guess of the language needs; all of it when there is nothing else.
    private var prose: String {
        guard blocks.contains(where: { $0.kind == .code }), blocks.contains(where: { $0.kind != .code }) else {
            return text
        }
        var prose = ""
        var (end, index) = (0, text.utf8.startIndex)
        for block in blocks where prose.utf8.count < 200_000 {
            let start = text.utf8.index(index, offsetBy: block.range.lowerBound - end)
            (end, index) = (block.range.upperBound, text.utf8.index(start, offsetBy: block.range.count))
            if block.kind != .code { prose += text[start..<index] + "\n" }
        }
        return prose
    }

    /// The text of the first heading, or nil.
    var firstHeading: String? {
        guard let block = blocks.first(where: { $0.kind == .heading }) else { return nil }
        return text.utf8Substring(block.range)
    }

    /// - Parameters:
    ///   - declaredLanguage: what the file says of itself; used when the words do not tell.
    func finish(
        title: String?, mediaType: String, declaredLanguage: String = "", pageCount: Int? = nil, emptyPages: [Int] = [],
        recognisedPages: [Int] = []
    ) -> ExtractedDocument {
        let guess = DocumentLanguage.guess(prose)
        let declared = String(declaredLanguage.lowercased().prefix(2))
        let found = hidden.warning.flatMap { warnings.contains($0) ? nil : [$0] } ?? []
        let cleanTitle = title.map { TextCleaner.collapsingWhiteSpace($0) } ?? ""
        return ExtractedDocument(
            title: cleanTitle.isEmpty ? nil : TextCleaner.shortened(cleanTitle, to: 300),
            mediaType: mediaType,
            language: guess.isEmpty && ["pt", "en"].contains(declared) ? declared : guess,
            text: text, blocks: blocks, pageCount: pageCount, pageOffsets: pageOffsets, emptyPages: emptyPages,
            pageUnit: pageUnit, recognisedPages: recognisedPages, markKind: marks.isEmpty ? nil : markKind,
            marks: marks, warnings: warnings + found)
    }
}

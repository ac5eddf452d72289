import Extraction
import Support

/// Fills chunks with the blocks of one section, in order.
struct SectionPacker {
    /// One chunk to be.
    struct Packed: Equatable {
        var range: Range<Int>
        /// The part of `range` that goes into the vector: all but headings that the prefix already says.
        var embedded: Range<Int>
        /// A table's head rows, said again before the rest of a table that was cut.
        var header: Range<Int>?

        /// Two parts, cut at white space near the middle if there is any; nil when there is nothing left to cut.
        func halves(in text: String) -> (Packed, Packed)? {
            let bytes = text.utf8Slice(embedded)
            let formula = FormulaRanges(in: text, embedded).around(embedded.lowerBound + bytes.count / 2)
            let middle = bytes.index(
                bytes.startIndex, offsetBy: formula.map { $0.upperBound - embedded.lowerBound } ?? bytes.count / 2)
            let cut =
                bytes[middle...].firstIndex(where: TextCleaner.isWhiteSpace)
                ?? bytes[..<middle].lastIndex(where: TextCleaner.isWhiteSpace)
                ?? bytes[middle...].firstIndex { $0 & 0xc0 != 0x80 }
            guard let cut, cut > bytes.startIndex else { return nil }
            let offset = embedded.lowerBound + bytes.distance(from: bytes.startIndex, to: cut)
            guard
                let next = bytes[cut...].firstIndex(where: { !TextCleaner.isWhiteSpace($0) }),
                bytes[..<cut].contains(where: { !TextCleaner.isWhiteSpace($0) })
            else { return nil }
            let start = embedded.lowerBound + bytes.distance(from: bytes.startIndex, to: next)
            return (
                Packed(range: range.lowerBound..<offset, embedded: embedded.lowerBound..<offset, header: header),
                Packed(range: start..<range.upperBound, embedded: start..<embedded.upperBound, header: header)
            )
        }
    }

    private typealias Unit = TextUnits.Unit

    private let text: String
    private let section: Section
    private let prefix: ContextPrefix
    private let tokenCount: (String) -> Int
    /// Tokens that a chunk's own text may have.
    private let capacity: Int
    private let units: TextUnits

    private var packed: [Packed] = []
    private var open: Packed?
    private var openTokens = 0
    /// What the next chunk may repeat.
    private var lastSentence: Unit?
    private var lastParagraph: Range<Int>?

    init(
        text: String, section: Section, prefix: ContextPrefix, window: Int, tokenCount: @escaping (String) -> Int
    ) {
        self.text = text
        self.section = section
        self.prefix = prefix
        self.tokenCount = tokenCount
        capacity = max(window - prefix.tokenCount, 1)
        units = TextUnits(capacity: capacity, tokenCount: tokenCount)
    }

    mutating func pack() -> [Packed] {
        addHeadings()
        for block in section.content { add(block) }
        close()
        return packed
    }

    /// The headings belong to the first chunk's text. In its vector only those are said again that the prefix had no
    /// room for, or that are not above the text.
    private mutating func addHeadings() {
        guard let first = section.headings.first, let last = section.headings.last else { return }
        let missing = section.headings.first { !prefix.covers(text.utf8Substring($0.range)) }
        for heading in section.headings.drop(while: { $0 != missing }) { addSplit(heading) }
        if open == nil, packed.isEmpty {
            open = Packed(range: first.range.lowerBound..<last.range.upperBound, embedded: last.range, header: nil)
            // With text after them these headings leave the vector to the prefix; alone, the last is the text.
            if !section.content.isEmpty {
                open?.embedded = last.range.upperBound..<last.range.upperBound
            } else {
                openTokens = tokenCount(text.utf8Substring(last.range))
            }
        } else if !packed.isEmpty {
            packed[0].range = first.range.lowerBound..<packed[0].range.upperBound
        } else {
            open?.range = first.range.lowerBound..<last.range.upperBound
        }
        (lastSentence, lastParagraph) = (nil, nil)
    }

    private mutating func add(_ block: Section.Block) {
        // A token is seldom longer than 40 bytes; what is far too long need not be counted whole.
        let count = block.range.count <= capacity * 40 ? tokenCount(text.utf8Substring(block.range)) : Int.max
        if count <= capacity {
            if count > capacity - openTokens { startAgain(at: block.range.lowerBound, for: count) }
            extend(to: block.range, count)
            (lastSentence, lastParagraph) = (nil, block.kind == .paragraph ? block.range : nil)
        } else if block.kind == .table {
            addTable(block)
        } else {
            addSplit(block)
        }
    }

    private mutating func addSplit(_ block: Section.Block) {
        for unit in units.units(of: block.kind, block.range, in: text) {
            if unit.tokenCount > capacity - openTokens {
                startAgain(at: unit.range.lowerBound, for: unit.tokenCount)
            }
            extend(to: unit.range, unit.tokenCount)
            (lastSentence, lastParagraph) = (unit.isSentence ? unit : nil, nil)
        }
    }

    /// A table that is too long: at line ends, its head rows said again before each part in the vector.
    private mutating func addTable(_ block: Section.Block) {
        let start = block.range.lowerBound
        var header: Range<Int>? = start..<(start + block.headerLength)
        let headerTokens = header.map { tokenCount(text.utf8Substring($0)) } ?? 0
        if block.headerLength == 0 || headerTokens * 3 > capacity { header = nil }
        let room = header == nil ? capacity : capacity - headerTokens
        let rows = TextUnits(capacity: room, tokenCount: tokenCount).units(of: .table, block.range, in: text)
        for row in rows {
            if row.tokenCount > capacity - openTokens {
                close()
                if let header, row.range.lowerBound >= header.upperBound {
                    open = Packed(
                        range: row.range.lowerBound..<row.range.lowerBound,
                        embedded: row.range.lowerBound..<row.range.lowerBound, header: header)
                    openTokens = headerTokens
                }
            }
            extend(to: row.range, row.tokenCount)
        }
        (lastSentence, lastParagraph) = (nil, nil)
    }

    // MARK: The open chunk

    private mutating func extend(to range: Range<Int>, _ tokens: Int) {
        var chunk = open ?? Packed(range: range, embedded: range, header: nil)
        chunk.range = chunk.range.lowerBound..<range.upperBound
        let start = chunk.embedded.isEmpty ? range.lowerBound : chunk.embedded.lowerBound
        chunk.embedded = start..<range.upperBound
        open = chunk
        openTokens += tokens
    }

    /// Ends the open chunk, and begins the next with the sentence before `offset` where it is short enough to leave
    /// room for `tokens` more.
    private mutating func startAgain(at offset: Int, for tokens: Int) {
        guard let open, !open.embedded.isEmpty else { return }
        var sentence = lastSentence
        if sentence == nil, let paragraph = lastParagraph { sentence = units.lastSentence(of: paragraph, in: text) }
        let wasAll = sentence.map { $0.range.lowerBound <= open.embedded.lowerBound } ?? true
        close()
        guard !wasAll, let sentence, sentence.tokenCount * 5 <= capacity, sentence.tokenCount + tokens <= capacity
        else { return }
        self.open = Packed(range: sentence.range, embedded: sentence.range, header: nil)
        openTokens = sentence.tokenCount
    }

    private mutating func close() {
        if let open, !open.range.isEmpty { packed.append(open) }
        open = nil
        openTokens = 0
        (lastSentence, lastParagraph) = (nil, nil)
    }
}

import Support

/// Writes the pages of a PDF into a document: decides what is a heading, joins lines to paragraphs, keeps programs and
/// tables whole.
struct PDFDocumentWriter {
    var builder = DocumentBuilder()
    /// The first heading, when it is at the beginning of the first page with text.
    private(set) var title: String?

    private var pages: [LayoutPage]
    private var outline: OutlineMatcher
    private var styles = DocumentStyles()
    private var headings = HeadingRules()
    private let joiner: LineJoiner
    /// A program that may go on in the next block.
    private var program: (text: String, box: PDFBox)?
    private var blocksWritten = 0
    private var titleSize: Float = 0

    init(_ pages: [LayoutPage], outline: [PDFBookmark], title: String?) {
        self.outline = OutlineMatcher(outline)
        styles.readBody(pages)
        let cleaned = PageFurniture.removed(from: pages, bodySize: styles.bodySize, title: title)
        // Pages that hold nothing but a number each: that is their text.
        self.pages = cleaned.contains(where: \.hasText) ? cleaned : pages
        styles.readHeadings(self.pages, outline: &self.outline)
        joiner = LineJoiner(
            vocabularyOf: self.pages.lazy.map { $0.blocks.flatMap(\.lines).map(\.text).joined(separator: "\n") })
    }

    mutating func write() throws(IngestError) {
        for page in pages { try write(page) }
    }

    // MARK: Pages

    private mutating func write(_ page: LayoutPage) throws(IngestError) {
        builder.beginPage()
        headings.beginPage(page.blocks.map { $0.lines.map(\.text) }.filter { !$0.isEmpty })
        var index = 0
        while index < page.blocks.count {
            let block = page.blocks[index]
            let next = index + 1 < page.blocks.count ? page.blocks[index + 1] : nil
            blocksWritten += 1
            switch block.content {
            case .code(let text): try addCode(text, block.box)
            case .table(let rows, let headerRows):
                try endProgram()
                try builder.add(
                    .table, rows.map { $0.joined(separator: " | ") }.joined(separator: "\n"), headerLines: headerRows)
            case .lines(let lines):
                if let used = try addHeading(block, next: next, page: page.number) {
                    if used.blocks == 2 { index += 1 }
                    let rest = Array(lines.dropFirst(used.lines))
                    if used.blocks == 1, !rest.isEmpty { try addText(rest) }
                } else {
                    try addText(lines)
                }
            }
            index += 1
        }
        try endProgram()
    }

    /// Adds the heading that `block` begins with, and says what it took.
    private mutating func addHeading(
        _ block: LayoutBlock, next: LayoutBlock?, page: Int
    ) throws(IngestError) -> (lines: Int, blocks: Int)? {
        let lines = block.lines
        guard let first = lines.first, !first.isFurniture else { return nil }
        if let match = outline.match(block, next: next, page: page), !headings.isContentsPage {
            let text =
                match.usedBlocks == 2
                ? first.text + " " + (next?.lines.first?.text ?? "") : joined(lines.prefix(match.usedLines))
            try write(heading: text, level: match.level, first)
            return (match.usedLines, match.usedBlocks)
        }
        if styles.tellsHeadings, first.size > 0 {
            guard !headings.isContentsPage else { return nil }
            if let next, let level = numberBefore(block, next) {
                try write(heading: first.text + " " + joined(next.lines[...]), level: level, next.lines[0])
                return (1, 2)
            }
            guard let level = styles.level(of: block) else { return nil }
            try write(heading: joined(lines[...]), level: level, first)
            return (lines.count, 1)
        }
        guard let found = headings.heading(lines.map { $0.text[...] }, next: next?.lines.map { $0.text[...] }) else {
            return nil
        }
        try write(heading: found.text, level: found.level, first)
        return (found.usedLines, found.usedBlocks)
    }

    /// The level of a heading whose number stands in a block of its own, beside it.
    private func numberBefore(_ block: LayoutBlock, _ next: LayoutBlock) -> Int? {
        guard block.lines.count == 1, let number = block.lines.first, let title = next.lines.first,
            styles.looksLikeHeading(next), number.size >= title.size * 0.9,
            number.box.sharedHeight(title.box) > 0.4 * title.box.height
        else { return nil }
        return HeadingRules.depth(of: (number.text + " " + title.text)[...])
    }

    private mutating func write(heading text: String, level: Int, _ line: LayoutLine) throws(IngestError) {
        try endProgram()
        // The title of the whole is among the first things; an author or a series above it is smaller.
        let isFirst = builder.blocks.allSatisfy { $0.kind == .heading }
        if blocksWritten <= 6, isFirst, title == nil || line.size > titleSize * 1.1 {
            title = text
            titleSize = line.size
        }
        try builder.heading(text, level: builder.blocks.isEmpty ? 1 : level)
    }

    // MARK: Text

    private func joined(_ lines: ArraySlice<LayoutLine>) -> String {
        var text = lines.first?.text ?? ""
        for line in lines.dropFirst() { joiner.append(line.text[...], to: &text) }
        return text
    }

    private mutating func addText(_ all: [LayoutLine]) throws(IngestError) {
        // Bullets that lost their items on the way part what stands before and after them.
        for lines in all.split(whereSeparator: { ListMarker.isBare($0.text[...]) }) {
            var index = lines.startIndex
            for run in CodeRules.runs(of: lines.map { $0.text[...] }) {
                let part = lines[index..<(index + run.lines.count)]
                index += run.lines.count
                if run.isCode {
                    try addCode(indented(part), part.dropFirst().reduce(part[part.startIndex].box) { $0.union($1.box) })
                    continue
                }
                try endProgram()
                for piece in Self.lists(part) {
                    let texts = piece.map { $0.text[...] }
                    if let first = texts.first, ListMarker.length(of: first) != nil {
                        try builder.add(.list, joiner.items(texts).joined(separator: "\n"))
                    } else {
                        for paragraph in paragraphs(piece) { try addProse(paragraph) }
                    }
                }
            }
        }
    }

    /// Lines cut where bullets begin and end: poppler keeps them in one block with the prose around them. A bullet's
    /// further lines stand further in than the bullet.
    private static func lists(_ lines: ArraySlice<LayoutLine>) -> [ArraySlice<LayoutLine>] {
        var pieces: [ArraySlice<LayoutLine>] = []
        var start = lines.startIndex
        var bullet: Float?
        for (index, line) in zip(lines.indices, lines) where line.box.height > 0 {
            let isBullet = ListMarker.isBullet(line.text[...])
            let endsList = bullet.map { !isBullet && line.box.left < $0 + 0.4 * line.box.height } ?? false
            if (isBullet && bullet == nil) || endsList, index > start {
                pieces.append(lines[start..<index])
                start = index
            }
            bullet = isBullet ? bullet ?? line.box.left : endsList ? nil : bullet
        }
        pieces.append(lines[start...])
        return pieces
    }

    /// Lines cut before those that are set in and follow the end of a sentence.
    private func paragraphs(_ lines: ArraySlice<LayoutLine>) -> [[Substring]] {
        let left = lines.map(\.box.left).min() ?? 0
        var paragraphs: [[Substring]] = []
        var previous: LayoutLine?
        for line in lines {
            let indent = line.box.left - left
            let isSetIn = indent > 0.6 * line.box.height && indent < 4 * line.box.height && line.box.height > 0
            if let last = previous,
                !(isSetIn && last.box.left - left < 0.3 * line.box.height && LineJoiner.endsSentence(last.text[...]))
            {
                paragraphs[paragraphs.count - 1].append(line.text[...])
            } else {
                paragraphs.append([line.text[...]])
            }
            previous = line
        }
        return paragraphs
    }

    private mutating func addProse(_ lines: [Substring]) throws(IngestError) {
        for (index, paragraph) in joiner.paragraphs(lines).enumerated() {
            if index == 0, let last = builder.lastParagraph, joiner.continues(last, paragraph) {
                try builder.extendLastParagraph { joiner.append(paragraph[...], to: &$0) }
            } else {
                try builder.add(.paragraph, paragraph)
            }
        }
    }

    // MARK: Programs

    /// The lines of a program in an ordinary font, each as far in as it stands.
    private func indented(_ lines: ArraySlice<LayoutLine>) -> String {
        let left = lines.map(\.box.left).min() ?? 0
        let letters = lines.reduce(0) { $0 + $1.text.unicodeScalars.count }
        let width = lines.reduce(0) { $0 + $1.box.width } / Float(max(letters, 1))
        return lines.map { line in
            let spaces = width > 0 ? min(((line.box.left - left) / width).rounded(), 80) : 0
            return String(repeating: " ", count: Int(exactly: max(spaces, 0)) ?? 0) + line.text
        }.joined(separator: "\n")
    }

    /// Programs that follow each other closely are one: poppler parts their deeper lines.
    private mutating func addCode(_ text: String, _ box: PDFBox) throws(IngestError) {
        if let last = program, last.box.height > 0, box.top >= last.box.top, box.top - last.box.bottom < 20 {
            program = (last.text + "\n" + text, last.box.union(box))
        } else {
            try endProgram()
            program = (text, box)
        }
    }

    private mutating func endProgram() throws(IngestError) {
        guard let last = program else { return }
        program = nil
        try builder.add(.code, last.text)
    }
}

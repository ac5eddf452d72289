/// Makes blocks of a page's lines: programs and tables by where their words stand, all else as poppler reads it.
struct PageLayout {
    /// Whether fixed pitch means a program: not in a document that is typed throughout.
    var fixedPitchIsCode = true

    func page(_ page: PDFPage) -> LayoutPage {
        var lines = page.lines
        for index in lines.indices { lines[index].words = LetterSpacing.joined(lines[index].words) }
        let listings = fixedPitchIsCode ? CodeListing.find(in: lines) : []
        let columns = PageColumns(lines)
        let tables = tables(in: lines, except: listings.reduce(into: []) { $0.formUnion($1.lines) }, columns)

        var parts: [Int: LayoutBlock] = [:]
        var taken: Set<Int> = []
        for listing in listings {
            parts[listing.lines.min() ?? 0] = LayoutBlock(content: .code(listing.text), box: listing.box)
            taken.formUnion(listing.lines)
        }
        for table in tables {
            parts[table.lines.min() ?? 0] = LayoutBlock(
                content: .table(rows: table.rows, headerRows: table.headerRows), box: table.box)
            taken.formUnion(table.lines)
        }
        var result = LayoutPage(number: page.number, width: page.width, height: page.height)
        var block: Int?
        for (index, line) in lines.enumerated() {
            if let part = parts[index] {
                result.blocks.append(part)
                block = nil
            }
            guard !taken.contains(index), let text = Self.layoutLine(line) else { continue }
            let isNew = block != line.block || !Self.isAlike(text, result.blocks.last?.lines.last)
            block = line.block
            if !isNew || Self.isMarker(of: text, result.blocks.last) {
                result.blocks[result.blocks.count - 1].append(text)
            } else {
                result.blocks.append(LayoutBlock(content: .lines([text]), box: text.box))
            }
        }
        if let columns { result.blocks = columns.ordered(result.blocks) }
        return result
    }

    /// In columns of prose a table stands in one of them, or spans both.
    private func tables(in lines: [PDFLine], except taken: Set<Int>, _ columns: PageColumns?) -> [TableFinder.Found] {
        guard let columns else { return TableFinder.find(in: lines, except: taken) }
        return [PageColumns.Side.left, .right].flatMap { side in
            let others = lines.indices.filter { columns.side(of: lines[$0].box) != side }
            return TableFinder.find(in: lines, except: taken.union(others))
        }
    }

    private static func layoutLine(_ line: PDFLine) -> LayoutLine? {
        let text = TextCleaner.collapsingWhiteSpace(line.text)
        guard !text.isEmpty else { return nil }
        var sizes: [Float: Int] = [:]
        for word in line.words { sizes[word.style?.size ?? 0, default: 0] += word.text.utf8.count }
        let size = sizes.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? 0
        let letters = line.words.filter { $0.text.contains(where: \.isLetter) }
        return LayoutLine(
            text: text, box: line.box, size: size,
            isBold: !letters.isEmpty && letters.allSatisfy { $0.style?.isBold ?? false })
    }

    /// A heading may stand directly above its text; its size or weight parts them.
    private static func isAlike(_ line: LayoutLine, _ previous: LayoutLine?) -> Bool {
        guard let previous else { return false }
        if previous.size > 0, line.size > 0, abs(line.size - previous.size) > 0.12 * max(line.size, previous.size) {
            return false
        }
        return line.isBold == previous.isBold || !line.text.contains(where: \.isLetter)
    }

    /// Whether the last block is the bullet or number to the left of `line`.
    private static func isMarker(of line: LayoutLine, _ last: LayoutBlock?) -> Bool {
        guard let last, last.lines.count == 1, let marker = last.lines.first else { return false }
        return (ListMarker.isBare(marker.text[...]) || ListMarker.length(of: (marker.text + " x")[...]) != nil)
            && marker.text.utf8.count <= 5 && marker.box.right <= line.box.left + 1
            && marker.box.sharedHeight(line.box) > 0.4 * min(marker.box.height, line.box.height)
            && line.box.left - marker.box.right < 4 * line.box.height
    }
}

extension LayoutBlock {
    /// Adds a line; one beside the last line's bullet goes on with it.
    mutating func append(_ line: LayoutLine) {
        guard case .lines(var lines) = content else { return }
        if let last = lines.last, lines.count == 1, last.box.right <= line.box.left + 1,
            last.box.sharedHeight(line.box) > 0.4 * min(last.box.height, line.box.height)
        {
            lines[0].text += " " + line.text
            lines[0].box = last.box.union(line.box)
            lines[0].size = line.size
            lines[0].isBold = line.isBold
        } else {
            lines.append(line)
        }
        content = .lines(lines)
        box = box.union(line.box)
    }
}

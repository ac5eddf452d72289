/// PDF by pages: pdftotext's reading order, made into headings, paragraphs, lists and code.
struct PDFReader {
    /// From this share of unexplained characters on, the text is no text.
    private static let garbageLimit = 0.2
    /// The most pages of one file; also guards against a page count that the file only claims.
    private static let pageLimit = 20_000

    private var builder = DocumentBuilder()
    private var headings = HeadingRules()
    private let joiner: LineJoiner

    static func read(path: String, tools: PDFTools) throws(IngestError) -> ExtractedDocument {
        let information = try tools.information(of: path)
        let texts = try tools.pageTexts(of: path)
        let pages = texts.pages.map { TextCleaner.clean($0) }
        let pageCount = max(information.pageCount ?? 0, pages.count)
        guard pageCount <= pageLimit else { throw .tooLarge("The PDF", limit: "\(pageLimit) pages") }
        let empty = (0..<pageCount).filter { page in
            page >= pages.count || pages[page].utf8.allSatisfy { TextCleaner.isWhiteSpace($0) }
        }.map { $0 + 1 }
        guard empty.count < pageCount else { throw .noTextLayer }
        guard garbageShare(pages) < garbageLimit else { throw .garbledText }

        var reader = PDFReader(joiner: LineJoiner(vocabularyOf: pages))
        for page in PageFurniture.removed(from: pages.map(lines)) { try reader.add(page) }
        if texts.isPartial {
            reader.builder.warnings.append("The file is damaged; what could be read of it was taken.")
        }
        if !empty.isEmpty {
            reader.builder.warnings.append(
                "\(empty.count) of \(pageCount) pages have no text (blank or scanned): \(PageList.text(empty)).")
        }
        return reader.builder.finish(
            title: usable(information.title) ?? reader.headings.title, mediaType: "application/pdf",
            pageCount: pageCount, emptyPages: empty)
    }

    private init(joiner: LineJoiner) { self.joiner = joiner }

    private static func lines(of page: String) -> [Substring] {
        page.utf8.split(separator: 0x0a, omittingEmptySubsequences: false).map { line in
            var line = line.drop { TextCleaner.isWhiteSpace($0) }
            while let last = line.last, TextCleaner.isWhiteSpace(last) { line = line.dropLast() }
            // Bullets that lost their items on the way part what stands before and after them.
            return ListMarker.isBare(Substring(line)) ? "" : Substring(line)
        }
    }

    /// The share of characters that no font explains: private use, replacement signs.
    private static func garbageShare(_ pages: [String]) -> Double {
        var (good, bad) = (0, 0)
        for scalar in pages.lazy.flatMap(\.unicodeScalars).prefix(200_000) where scalar.value > 0x20 {
            switch scalar.value {
            case 0xe000...0xf8ff, 0xfffd, 0xf0000...: bad += 1
            default: good += 1
            }
        }
        return Double(bad) / Double(max(good + bad, 1))
    }

    /// The title field, unless it is what a program put there by itself.
    private static func usable(_ title: String?) -> String? {
        guard let title, title.utf8.count >= 3 else { return nil }
        let small = title.lowercased()
        let byPrograms = ["untitled", "sem título", "document", "documento", "(anonymous)", "title", "slide 1"]
        guard !byPrograms.contains(small), !small.hasPrefix("microsoft "), !small.hasPrefix("document1"),
            small.contains(where: \.isLetter)
        else { return nil }
        let endings = [
            ".doc", ".docx", ".ppt", ".pptx", ".odt", ".tex", ".dvi", ".jpg", ".png", ".pdf", ".indd", ".qxd",
        ]
        return endings.contains { small.hasSuffix($0) } ? nil : title
    }

    // MARK: Pages

    private mutating func add(_ lines: [Substring]) throws(IngestError) {
        builder.beginPage()
        let blocks = lines.split(whereSeparator: \.isEmpty).map(Array.init)
        headings.beginPage(blocks)
        var index = 0
        while index < blocks.count {
            let block = blocks[index]
            let next = index + 1 < blocks.count ? blocks[index + 1] : nil
            if let heading = headings.heading(block, next: next) {
                try builder.heading(heading.text, level: heading.level)
                if heading.usedBlocks == 2 { index += 1 }
                let rest = Array(block.dropFirst(heading.usedLines))
                if heading.usedBlocks == 1, !rest.isEmpty { try addText(rest) }
            } else {
                try addText(block)
            }
            index += 1
        }
    }

    private mutating func addText(_ lines: [Substring]) throws(IngestError) {
        for run in CodeRules.runs(of: lines) {
            if run.isCode {
                try builder.add(.code, run.lines.joined(separator: "\n"))
            } else if let first = run.lines.first, ListMarker.length(of: first) != nil {
                try builder.add(.list, joiner.items(run.lines).joined(separator: "\n"))
            } else {
                try addProse(run.lines)
            }
        }
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
}

/// Page numbers for a person: `1-3, 7`, cut after a few.
enum PageList {
    static func text(_ pages: [Int]) -> String {
        var parts: [String] = []
        var index = 0
        while index < pages.count, parts.count < 12 {
            var end = index
            while end + 1 < pages.count, pages[end + 1] == pages[end] + 1 { end += 1 }
            parts.append(end == index ? "\(pages[index])" : "\(pages[index])-\(pages[end])")
            index = end + 1
        }
        return parts.joined(separator: ", ") + (index < pages.count ? " and more" : "")
    }
}

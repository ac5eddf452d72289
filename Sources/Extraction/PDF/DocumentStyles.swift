/// What the document's type sizes mean: which is the text's, and which headings stand above which.
struct DocumentStyles {
    struct Heading: Hashable {
        /// In half points.
        let size: Int
        let isBold: Bool
    }

    /// Points; 0 when no page tells sizes.
    private(set) var bodySize: Float = 0
    private var isBodyBold = false
    private var levels: [Heading: Int] = [:]
    /// Whether type tells headings here at all.
    var tellsHeadings: Bool { !levels.isEmpty }

    private static let deepest = 4
    private static let captionWords: Set<Substring> = [
        "figure", "figura", "fig.", "fig", "table", "tabela", "listing", "quadro", "gráfico", "chart", "equation",
        "algoritmo", "algorithm", "listagem", "foto", "imagem", "image", "fonte:", "source:",
    ]

    /// - Parameter pages: all of the document.
    mutating func readBody(_ pages: [LayoutPage]) {
        var letters: [Heading: Int] = [:]
        for page in pages {
            for block in page.blocks {
                for line in block.lines where line.size > 0 {
                    letters[Self.key(line), default: 0] += line.text.utf8.count
                }
            }
        }
        var bySize: [Int: Int] = [:]
        for (key, count) in letters { bySize[key.size, default: 0] += count }
        guard let body = bySize.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key else { return }
        bodySize = Float(body) / 2
        let bold = letters[Heading(size: body, isBold: true)] ?? 0
        isBodyBold = bold * 2 > bySize[body] ?? 0
    }

    /// Ranks what looks like headings: the larger, the higher. What the outline or a section number says of a size wins.
    mutating func readHeadings(_ pages: [LayoutPage], outline: inout OutlineMatcher) {
        var counts: [Heading: Int] = [:]
        var firsts: [Heading: Int] = [:]
        var votes: [Heading: [Int: Int]] = [:]
        for page in pages {
            for (index, block) in page.blocks.enumerated() {
                guard let line = block.lines.first, line.size > 0, !line.isFurniture else { continue }
                let key = Self.key(line)
                let next = index + 1 < page.blocks.count ? page.blocks[index + 1] : nil
                if let match = outline.match(block, next: next, page: page.number) {
                    votes[key, default: [:]][match.level, default: 0] += 3
                } else if !looksLikeHeading(block) {
                    continue
                } else if let depth = HeadingRules.depth(of: line.text[...]) {
                    votes[key, default: [:]][depth, default: 0] += 1
                }
                guard looksLikeHeading(block) else { continue }
                counts[key, default: 0] += 1
                firsts[key] = min(firsts[key] ?? page.number, page.number)
            }
        }
        outline.rewind()
        let sorted = counts.keys.sorted { ($0.size, $0.isBold ? 1 : 0) > ($1.size, $1.isBold ? 1 : 0) }
        var level = 1
        for (rank, key) in sorted.enumerated() {
            if let vote = votes[key]?.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key {
                level = min(vote, Self.deepest)
            }
            levels[key] = level
            // The title of the whole is not a level of its own.
            let isTitle = rank == 0 && counts[key, default: 0] <= 2 && firsts[key] == pages.first?.number
            if !isTitle || votes[key] != nil { level = min(level + 1, Self.deepest) }
        }
    }

    /// The level of a block that looks like a heading; nil when it does not.
    func level(of block: LayoutBlock) -> Int? {
        guard looksLikeHeading(block), let line = block.lines.first else { return nil }
        return HeadingRules.depth(of: line.text[...]) ?? levels[Self.key(line)]
    }

    /// Larger or bolder than the text, short, and neither a caption nor a sentence.
    func looksLikeHeading(_ block: LayoutBlock) -> Bool {
        let lines = block.lines
        guard let first = lines.first, let last = lines.last, bodySize > 0, first.size > 0, lines.count <= 3,
            !first.isFurniture, first.text.contains(where: \.isLetter)
        else { return false }
        let length = lines.reduce(0) { $0 + $1.text.utf8.count }
        let isLarger = first.size >= bodySize * 1.12
        let isBolder = first.isBold && !isBodyBold && first.size >= bodySize * 0.94
        guard isLarger ? length <= 200 : isBolder && length <= 110 && lines.count <= 2 else { return false }
        let words = first.text.lowercased().split(separator: " ")
        if words.count > 1, Self.captionWords.contains(words[0]), words[1].contains(where: \.isNumber) { return false }
        if first.text.utf8.count <= 2 || HeadingRules.hasLeader(first.text[...]) { return false }
        guard let end = last.text.last else { return false }
        if ",;".contains(end) || (end == "." && length > 60) { return false }
        return first.text.first?.isLowercase != true && !ListMarker.isBullet(first.text[...])
    }

    private static func key(_ line: LayoutLine) -> Heading {
        Heading(size: Int(exactly: (line.size * 2).rounded()) ?? 0, isBold: line.isBold)
    }
}

extension ListMarker {
    /// Whether `line` begins with a bullet (not a number, which sections have, too).
    static func isBullet(_ line: Substring) -> Bool {
        length(of: line) != nil && !(line.first.map { $0.isNumber || $0.isLetter } ?? true)
    }
}

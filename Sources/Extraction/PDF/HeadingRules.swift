/// Guesses which lines of a PDF are headings, from their words alone. Rather none than a wrong one.
struct HeadingRules {
    struct Heading: Equatable {
        let text: String
        let level: Int
        /// Lines of the first block that the heading took.
        let usedLines: Int
        /// 2 when the number stood in a block of its own.
        let usedBlocks: Int
    }

    /// The first heading, when it is among the first blocks of the first page.
    private(set) var title: String?
    private var page = 0
    private var blocksSeen = 0
    private(set) var isContentsPage = false
    /// The level of the last numbered heading; below it stand headings without number.
    private var numberedLevel = 0

    mutating func beginPage(_ blocks: [[String]]) {
        page += 1
        let lines = blocks.joined().map { $0[...] }
        let leaders = lines.filter(Self.hasLeader).count
        isContentsPage =
            leaders * 3 > lines.count || lines.prefix(6).contains { Self.contentsWords.contains($0.lowercased()) }
    }

    /// - Parameters:
    ///   - block: lines between two blank ones.
    ///   - next: the block after it on the page.
    mutating func heading(_ block: [Substring], next: [Substring]?) -> Heading? {
        blocksSeen += 1
        guard let heading = find(block, next: next) else { return nil }
        if title == nil, page == 1, blocksSeen <= 3 { title = heading.text }
        return heading
    }

    /// The depth of a section number before a title: 2 for `3.1 Title`, 1 for `Chapter 4`; nil when there is none.
    static func depth(of line: Substring) -> Int? {
        let words = line.split(separator: " ", maxSplits: 2)
        guard words.count > 1 else { return nil }
        if let depth = numberDepth(words[0]), words[1].first?.isLetter ?? false { return depth }
        return topWords.contains(words[0].lowercased()) && isNumeral(words[1]) ? 1 : nil
    }

    private static let topWords: Set<String> = [
        "chapter", "capítulo", "part", "parte", "appendix", "apêndice", "anexo",
    ]

    private mutating func find(_ block: [Substring], next: [Substring]?) -> Heading? {
        guard let first = block.first, !isContentsPage else { return nil }
        if block.count == 1, let depth = Self.numberDepth(first), let next, let text = next.first,
            next.count == 1, Self.isShort(text), text.first?.isUppercase ?? false
        {
            numberedLevel = depth
            return Heading(text: "\(first) \(text)", level: depth, usedLines: 1, usedBlocks: 2)
        }
        let follower = block.count > 1 ? block[1] : next?.first
        guard Self.isShort(first),
            follower.map({ !Self.isShort($0) || $0.utf8.count > 40 || block.count == 1 }) ?? true,
            block.count == 1 || (block[1].utf8.count >= 40 && !(block[1].first?.isLowercase ?? false))
                || Self.hasDeepNumber(first),
            let level = level(first, isAlone: block.count == 1, follower: follower)
        else { return nil }
        return Heading(text: String(first), level: level, usedLines: 1, usedBlocks: 1)
    }

    private mutating func level(_ line: Substring, isAlone: Bool, follower: Substring?) -> Int? {
        let words = line.split(separator: " ")
        guard let first = words.first else { return nil }
        if let depth = Self.numberDepth(first), words.count > 1, words[1].first?.isUppercase ?? false {
            numberedLevel = depth
            return depth
        }
        if words.count > 1, Self.partWords.contains(first.lowercased()), Self.isNumeral(words[1]) { return 1 }
        if Self.knownHeadings.contains(line.lowercased()) { return 1 }
        guard (follower?.utf8.count ?? 0) >= 40 else { return nil }
        let letters = line.filter(\.isLetter)
        let isCapitals = isAlone && letters.count >= 4 && letters.allSatisfy(\.isUppercase)
        guard isCapitals || Self.isTitleCase(words) else { return nil }
        return numberedLevel + 1
    }

    // MARK: Lines

    private static let contentsWords: Set<String> = [
        "contents", "table of contents", "sumário", "índice", "conteúdo", "lista de figuras", "lista de tabelas",
        "list of figures", "list of tables",
    ]
    private static let partWords: Set<String> = [
        "chapter", "capítulo", "part", "parte", "appendix", "apêndice", "anexo", "unit", "unidade", "aula", "lecture",
        "section", "seção", "módulo", "module", "lesson", "lição", "week", "semana",
    ]
    private static let knownHeadings: Set<String> = [
        "abstract", "resumo", "introduction", "introdução", "conclusion", "conclusions", "conclusão", "conclusões",
        "references", "referências", "referências bibliográficas", "bibliography", "bibliografia", "acknowledgments",
        "acknowledgements", "agradecimentos", "exercises", "exercícios", "objectives", "objetivos", "metodologia",
        "methodology", "ementa", "avaliação", "cronograma", "summary", "overview", "glossary", "glossário",
    ]

    private static func isShort(_ line: Substring) -> Bool {
        guard (2...90).contains(line.utf8.count), line.split(separator: " ").count <= 12, !hasLeader(line),
            let last = line.last, !".,;:?!".contains(last)
        else { return false }
        return line.contains(where: \.isLetter)
    }

    /// `Introduction . . . . . . 7`
    static func hasLeader(_ line: Substring) -> Bool {
        line.utf8.count > 6
            && (String(line).range(ofASCII: ". . .") != nil || String(line).range(ofASCII: "....") != nil)
    }

    /// The depth of a number like `3`, `3.1` or `3.1.2.`; nil for anything else and for numbers no section has.
    private static func numberDepth(_ text: Substring) -> Int? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.last == "" ? parts.dropLast() : parts[...]
        guard (1...5).contains(numbers.count),
            numbers.allSatisfy({ (1...2).contains($0.utf8.count) && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
            ),
            let first = numbers.first.flatMap({ Int($0) }), (1...40).contains(first)
        else { return nil }
        return numbers.count
    }

    /// `5.2 Title`: seldom anything but a heading, whatever follows it.
    private static func hasDeepNumber(_ line: Substring) -> Bool {
        let words = line.split(separator: " ")
        guard words.count > 1, let depth = numberDepth(words[0]) else { return false }
        return depth >= 2 && words[1].first?.isUppercase ?? false
    }

    private static func isNumeral(_ word: Substring) -> Bool {
        let core = word.filter { !".:-–—".contains($0) }
        return Int(core) != nil || (core.count == 1 && core.allSatisfy(\.isUppercase))
            || (core.count <= 6 && !core.isEmpty && core.allSatisfy { "IVXLC".contains($0) })
    }

    /// Two to ten words, all but the small ones with a capital.
    private static func isTitleCase(_ words: [Substring]) -> Bool {
        guard (2...10).contains(words.count), words.first?.first?.isUppercase ?? false else { return false }
        let large = words.filter { $0.filter(\.isLetter).count >= 4 }
        guard large.count >= 2 else { return false }
        return large.allSatisfy { word in
            guard let letter = word.first(where: \.isLetter) else { return true }
            return letter.isUppercase || word.first?.isNumber ?? false
        }
    }
}

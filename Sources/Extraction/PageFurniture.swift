/// Running heads, running feet and page numbers: what repeats at the edges of pages and belongs to none of them.
///
/// Conservative, because a lost exercise is worse than a running head too many: a line goes only when it repeats to the
/// letter on enough pages, and its first occurrence stays.
enum PageFurniture {
    /// Lines at each end of a page that are looked at.
    private static let reach = 2

    /// The pages without their furniture. White lines are kept.
    static func removed(from pages: [[Substring]]) -> [[Substring]] {
        let edges = pages.map(edgeLines)
        let (repeated, offsets) = census(pages, edges)
        let withText = pages.filter { $0.contains { !$0.isEmpty } }.count
        let needed = max(3, (withText + 4) / 5)
        var seen: Set<Substring> = []
        return pages.enumerated().map { index, page in
            var page = page
            for line in edges[index] {
                let text = page[line]
                if let number = PageNumber.value(of: text) {
                    let repeats = offsets[number - index, default: 0]
                    if repeats >= 3 || (repeats == 2 && pages.count <= 4) { page[line] = "" }
                } else if repeated[text, default: 0] >= needed, !seen.insert(text).inserted {
                    page[line] = ""
                }
            }
            return page
        }
    }

    /// On how many pages each line, and each distance between a printed number and the page's place, is at an edge.
    private static func census(_ pages: [[Substring]], _ edges: [[Int]]) -> ([Substring: Int], [Int: Int]) {
        var lines: [Substring: Int] = [:]
        var offsets: [Int: Int] = [:]
        for (index, page) in pages.enumerated() {
            for line in Set(edges[index].map { page[$0] }) { lines[line, default: 0] += 1 }
            for offset in Set(edges[index].compactMap { PageNumber.value(of: page[$0]).map { $0 - index } }) {
                offsets[offset, default: 0] += 1
            }
        }
        return (lines, offsets)
    }

    /// Where the first and the last lines with text are.
    private static func edgeLines(_ page: [Substring]) -> [Int] {
        let lines = page.indices.filter { !page[$0].isEmpty }
        guard lines.count > 2 * reach else { return lines }
        return Array(lines.prefix(reach) + lines.suffix(reach))
    }
}

/// A line that is nothing but the number of its page.
enum PageNumber {
    private static let romanDigits: [UInt8: Int] = [
        UInt8(ascii: "i"): 1, UInt8(ascii: "v"): 5, UInt8(ascii: "x"): 10, UInt8(ascii: "l"): 50,
        UInt8(ascii: "c"): 100,
    ]

    /// `12`, `- 12 -`, `Page 12`, `Página 12 de 30`, `12/30`, `xii`.
    static func value(of line: Substring) -> Int? {
        guard line.utf8.count <= 24 else { return nil }
        let words = line.lowercased().split { " -–—|/.".contains($0) }
        let isName: (Substring) -> Bool = { ["page", "página", "pág", "p", "slide"].contains($0) }
        let rest = words.drop(while: isName)
        guard let first = rest.first, words.count - rest.count <= 1 else { return nil }
        let follow = rest.dropFirst()
        if let number = Int(first), number < 10_000, first.utf8.count <= 4 {
            let isTotal =
                follow.isEmpty || (follow.count == 1 && Int(follow[follow.startIndex]) != nil)
                || (follow.count == 2 && ["of", "de"].contains(follow[follow.startIndex]))
            return isTotal ? number : nil
        }
        return follow.isEmpty && words.count == 1 ? roman(first) : nil
    }

    private static func roman(_ text: Substring) -> Int? {
        let digits = text.utf8.compactMap { romanDigits[$0] }
        guard !digits.isEmpty, digits.count == text.utf8.count, digits.count <= 8 else { return nil }
        return digits.indices.reduce(0) { sum, index in
            index + 1 < digits.count && digits[index] < digits[index + 1] ? sum - digits[index] : sum + digits[index]
        }
    }
}

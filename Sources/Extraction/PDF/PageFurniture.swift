import Support

/// Running heads, running feet and page numbers: what repeats at the edges of pages and belongs to none of them.
///
/// Conservative, because a lost exercise is worse than a running head too many. A line at an edge goes when it is a number
/// that counts the pages; when it repeats to the letter, at the same height where heights are known; when it is such a
/// line with the page's number before or behind it; or when it stands where nearly all pages have such a line. The first
/// of each stays unless the document says the same elsewhere.
struct PageFurniture {
    /// Rows at each end of a page that are looked at.
    private static let reach = 2
    /// Running lines stand within this share of the page's height from an edge.
    private static let margin: Float = 0.13

    private struct Place: Hashable {
        let page: Int
        let block: Int
        let line: Int
    }

    private struct Candidate {
        let place: Place
        let line: LayoutLine
        /// Distance from the top in steps of 3 points; negative at the bottom; nil when not known or too far in.
        let band: Int?
        /// Physical page, from 0.
        let page: Int
    }

    private let pages: [LayoutPage]
    private let bodySize: Float
    private let candidates: [Candidate]
    private var removed: Set<Place> = []

    /// The pages without their furniture; what stays of it is marked.
    static func removed(from pages: [LayoutPage], bodySize: Float, title: String?) -> [LayoutPage] {
        var furniture = PageFurniture(pages, bodySize)
        furniture.findNumbers()
        furniture.findRepeated()
        furniture.findNumbered()
        furniture.findBands()
        return furniture.result(title: title)
    }

    private init(_ pages: [LayoutPage], _ bodySize: Float) {
        self.pages = pages
        self.bodySize = bodySize
        candidates = pages.indices.flatMap { Self.edges(of: pages[$0], at: $0) }
    }

    /// The lines of the first and the last rows.
    private static func edges(of page: LayoutPage, at index: Int) -> [Candidate] {
        var lines: [(place: Place, line: LayoutLine)] = []
        for (block, content) in page.blocks.enumerated() {
            for (number, line) in content.lines.enumerated() {
                lines.append((Place(page: index, block: block, line: number), line))
            }
        }
        guard page.height > 0 else {
            let ends = lines.count > 2 * reach ? Array(lines.prefix(reach) + lines.suffix(reach)) : lines
            return ends.map { Candidate(place: $0.place, line: $0.line, band: nil, page: page.number - 1) }
        }
        let sorted = lines.sorted { $0.line.box.top < $1.line.box.top }
        let top = rows(sorted, isTop: true)
        let bottom = rows(sorted.reversed(), isTop: false).filter { low in !top.contains { $0.place == low.place } }
        return (top + bottom).map { place, line in
            var band: Int?
            if line.box.bottom < margin * page.height {
                band = Int(exactly: (line.box.middleY / 3).rounded(.towardZero))
            } else if line.box.top > (1 - margin) * page.height {
                band = Int(exactly: (line.box.middleY / 3).rounded(.towardZero)).map { $0 - 1_000_000 }
            }
            return Candidate(place: place, line: line, band: band, page: page.number - 1)
        }
    }

    /// The first lines that stand in at most `reach` rows.
    private static func rows(
        _ lines: [(place: Place, line: LayoutLine)], isTop: Bool
    ) -> [(place: Place, line: LayoutLine)] {
        var taken: [(place: Place, line: LayoutLine)] = []
        var rows = 0
        for line in lines {
            if let last = taken.last, last.line.box.sharedHeight(line.line.box) > 0.3 * line.line.box.height {
                taken.append(line)
                continue
            }
            rows += 1
            guard rows <= reach else { break }
            taken.append(line)
        }
        return taken
    }

    // MARK: Finding

    /// Lines that are nothing but the number of their page.
    private mutating func findNumbers() {
        let numbers = candidates.compactMap { candidate in
            PageNumber.value(of: candidate.line.text[...]).map { (candidate, $0 - candidate.page) }
        }
        let counts = Self.pagesByKey(numbers.map { ($0.1, $0.0.page) })
        for (candidate, offset) in numbers {
            let repeats = counts[offset, default: 0]
            if repeats >= 3 || (repeats == 2 && pages.count <= 4) { removed.insert(candidate.place) }
        }
    }

    /// Lines that stand word for word on many pages, or at the same height on some.
    private mutating func findRepeated() {
        let withText = pages.filter(\.hasText).count
        let many = max(3, (withText + 4) / 5)
        let counts = Self.pagesByKey(candidates.map { ($0.line.text, $0.page) })
        let banded = Self.pagesByKey(
            candidates.compactMap { candidate in
                candidate.band.map { (Key(candidate.line.text, $0 / 2), candidate.page) }
            })
        for candidate in candidates where candidate.line.text.contains(where: { !$0.isNumber }) {
            let inBand = candidate.band.map { banded[Key(candidate.line.text, $0 / 2), default: 0] } ?? 0
            // Two pages are enough where there are no more, if the line keeps its distance from the text.
            let enough = pages.count <= 4 && isApart(candidate) ? 2 : 3
            if counts[candidate.line.text, default: 0] >= many || (inBand >= enough && !isLarge(candidate.line)) {
                removed.insert(candidate.place)
            }
        }
    }

    /// `2 Grafos 17`, `Grafos 17`, `xii Prefácio`: the number counts the pages and the rest is no heading.
    private mutating func findNumbered() {
        var found: [(candidate: Candidate, offset: Int, rest: String)] = []
        for candidate in candidates where candidate.band != nil && !isLarge(candidate.line) {
            let words = candidate.line.text.split(separator: " ")
            guard words.count >= 2, words.count <= 16, let first = words.first, let last = words.last else { continue }
            if let number = PageNumber.value(of: last) {
                found.append((candidate, number - candidate.page, words.dropLast().joined(separator: " ")))
            }
            if let number = PageNumber.value(of: first) {
                found.append((candidate, number - candidate.page, words.dropFirst().joined(separator: " ")))
            }
        }
        let counts = Self.pagesByKey(found.map { ($0.offset, $0.candidate.page) })
        let usual = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }
        guard let usual, usual.value >= max(3, pages.count / 10) else { return }
        // A rest that never changes is a title with a number of its own: `Exercise 3` on the third page.
        for item in found where counts[item.offset, default: 0] >= 3 {
            if isApart(item.candidate) { removed.insert(item.candidate.place) }
        }
    }

    /// Where nearly all pages have furniture at a height, what else stands there is some, too.
    private mutating func findBands() {
        var bands: [Int: (all: Set<Int>, known: Set<Int>)] = [:]
        for candidate in candidates {
            guard let band = candidate.band else { continue }
            bands[band, default: ([], [])].all.insert(candidate.page)
            if removed.contains(candidate.place) { bands[band, default: ([], [])].known.insert(candidate.page) }
        }
        let withText = pages.filter(\.hasText).count
        for candidate in candidates where !isLarge(candidate.line) && candidate.line.text.utf8.count <= 120 {
            guard let band = candidate.band, let count = bands[band], count.known.count >= 4,
                count.known.count * 2 >= count.all.count, count.all.count * 2 >= withText, isApart(candidate)
            else { continue }
            removed.insert(candidate.place)
        }
    }

    // MARK: Help

    private struct Key: Hashable {
        let text: String
        let band: Int
        init(_ text: String, _ band: Int) { (self.text, self.band) = (text, band) }
    }

    /// On how many pages each key is.
    private static func pagesByKey<Value: Hashable>(_ values: [(Value, Int)]) -> [Value: Int] {
        var pages: [Value: Set<Int>] = [:]
        for (value, page) in values { pages[value, default: []].insert(page) }
        return pages.mapValues(\.count)
    }

    private func isLarge(_ line: LayoutLine) -> Bool {
        bodySize > 0 && (line.size > bodySize * 1.1 || (line.isBold && line.size > bodySize * 0.98))
    }

    /// Whether there is more room between the line and the text than between two lines of it.
    private func isApart(_ candidate: Candidate) -> Bool {
        let box = candidate.line.box
        let isTop = (candidate.band ?? 0) >= 0
        for block in pages[candidate.place.page].blocks {
            let boxes = block.lines.isEmpty ? [block.box] : block.lines.map(\.box)
            for other in boxes where other.sharedHeight(box) < 0.3 * box.height {
                let gap = isTop ? other.top - box.bottom : box.top - other.bottom
                if gap > -box.height * 0.5, gap < 0.5 * box.height { return false }
            }
        }
        return true
    }

    private func result(title: String?) -> [LayoutPage] {
        // What else the document says in the same words, so that nothing that is said once is lost.
        let wanted = Set(candidates.filter { removed.contains($0.place) }.map { Self.core($0.line.text) })
        let longest = wanted.map(\.utf8.count).max() ?? 0
        var said: Set<String> = title.map { [Self.core($0)] } ?? []
        for (index, page) in pages.enumerated() {
            for (block, content) in page.blocks.enumerated() {
                for (number, line) in content.lines.enumerated()
                where line.text.utf8.count <= longest + 12
                    && !removed.contains(Place(page: index, block: block, line: number))
                { said.insert(Self.core(line.text)) }
            }
        }
        var results = pages
        for (index, page) in pages.enumerated() {
            for (block, content) in page.blocks.enumerated() where !content.lines.isEmpty {
                var lines = content.lines
                for number in lines.indices.reversed() {
                    guard removed.contains(Place(page: index, block: block, line: number)) else { continue }
                    let core = Self.core(lines[number].text)
                    if core.isEmpty || !said.insert(core).inserted {
                        lines.remove(at: number)
                    } else {
                        lines[number].isFurniture = true
                    }
                }
                results[index].blocks[block].content = .lines(lines)
            }
            results[index].blocks.removeAll { $0.content == .lines([]) }
        }
        return results
    }

    /// A line's words without the numbers at its ends.
    private static func core(_ text: String) -> String {
        guard PageNumber.value(of: text[...]) == nil else { return "" }
        var words = text.lowercased().split(separator: " ")[...]
        while let last = words.last, PageNumber.value(of: last) != nil { words.removeLast() }
        while let first = words.first, PageNumber.value(of: first) != nil { words.removeFirst() }
        return words.joined(separator: " ")
    }
}

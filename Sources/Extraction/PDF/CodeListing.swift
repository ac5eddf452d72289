/// Programs in a fixed-pitch font: lines with their indentation, put back on the grid of characters they were set on.
enum CodeListing {
    /// Lines further apart than this many of their heights belong to two listings.
    private static let largestGap: Float = 2.2
    /// A column further to the right is an accident of the page.
    private static let columnLimit = 200

    struct Found {
        let text: String
        let box: PDFBox
        /// Which of the page's lines it took.
        let lines: Set<Int>
    }

    /// The listings of a page. A single line is none: it may be a name in a sentence.
    static func find(in lines: [PDFLine]) -> [Found] {
        let fixed = lines.indices.filter { isFixedPitch(lines[$0]) }.sorted { lines[$0].box.top < lines[$1].box.top }
        var groups: [[Int]] = []
        for index in fixed {
            let box = lines[index].box
            let group = groups.lastIndex { group in
                guard let last = group.last else { return false }
                let gap = box.top - lines[last].box.bottom
                let area = group.dropFirst().reduce(lines[group[0]].box) { $0.union(lines[$1].box) }
                return gap < largestGap * box.height && area.sharedWidth(box) > -box.height * 10
            }
            if let group { groups[group].append(index) } else { groups.append([index]) }
        }
        return groups.compactMap { listing($0, lines) }
    }

    private static func isFixedPitch(_ line: PDFLine) -> Bool {
        let letters = line.words.reduce(0) { $0 + $1.text.utf8.count }
        let fixed = line.words.reduce(0) { $0 + ($1.style?.isFixedPitch ?? false ? $1.text.utf8.count : 0) }
        return letters > 0 && fixed * 10 >= letters * 8
    }

    private static func listing(_ group: [Int], _ lines: [PDFLine]) -> Found? {
        var rows: [[Int]] = []
        for index in group {
            if let last = rows.last?.last,
                lines[last].box.sharedHeight(lines[index].box) > 0.5 * lines[index].box.height
            {
                rows[rows.count - 1].append(index)
            } else {
                rows.append([index])
            }
        }
        guard rows.count >= 2 else { return nil }
        let words = rows.map { row in
            row.flatMap { lines[$0].words }.sorted { $0.box.left < $1.box.left }
        }
        let pitch = pitch(words.joined())
        guard pitch > 0.5, let first = group.first else { return nil }
        let box = group.dropFirst().reduce(lines[first].box) { $0.union(lines[$1].box) }
        let text = words.map { row(of: $0, left: box.left, pitch: pitch) }
        let heights = rows.map { row in lines[row[0]].box }
        var joined = text.first ?? ""
        for index in text.indices.dropFirst() {
            let isParted = heights[index].top - heights[index - 1].bottom > 0.9 * heights[index].height
            joined += (isParted ? "\n\n" : "\n") + text[index]
        }
        return Found(text: joined, box: box, lines: Set(group))
    }

    /// The width of a character: the middle one over the words that are long enough to tell.
    private static func pitch(_ words: some Sequence<PDFWord>) -> Float {
        var widths: [Float] = []
        for word in words {
            let count = word.text.unicodeScalars.count
            if count >= 2 { widths.append(word.box.width / Float(count)) }
        }
        if widths.isEmpty { widths = words.map { $0.box.width / Float(max($0.text.unicodeScalars.count, 1)) } }
        widths.sort()
        return widths.isEmpty ? 0 : widths[widths.count / 2]
    }

    private static func row(of words: [PDFWord], left: Float, pitch: Float) -> String {
        var text = ""
        var end: Float?
        for word in words {
            let gap = word.box.left - (end ?? left)
            let spaces = Int(exactly: max(0, min((gap / pitch).rounded(), Float(columnLimit)))) ?? 0
            text += String(repeating: " ", count: spaces) + TextCleaner.clean(word.text)
            end = word.box.right
        }
        return text
    }
}

/// Finds the headings of a document whose author only made them bold or capital.
struct BoldHeadings {
    private var sizes: Set<Int> = []
    private var lines = 0
    private var others = 0
    private var hasHeadings = false

    private static let lengthLimit = 100
    private static let levelLimit = 3

    /// Counts one paragraph that is not blank.
    /// - Parameter size: of a paragraph that could be a heading; see `size(of:_:_:)`.
    mutating func count(_ size: Int?, hasLevel: Bool) {
        if hasLevel { hasHeadings = true }
        if let size, sizes.count < 100 {
            sizes.insert(size)
            lines += 1
        } else {
            others += 1
        }
    }

    /// The level of each size, the largest first; nil when there are real headings, or too few or too many such lines.
    var levels: [Int: Int]? {
        guard !hasHeadings, lines >= 2, lines <= others else { return nil }
        var levels: [Int: Int] = [:]
        for (rank, size) in sizes.sorted(by: >).enumerated() { levels[size] = min(rank + 1, Self.levelLimit) }
        return levels
    }

    /// The size of a short line that is bold or capital throughout and does not end as a sentence does; nil for others.
    static func size(of text: String, _ content: WordInline.Content, _ label: WordNumbering.Label?) -> Int? {
        let line = TextCleaner.collapsingWhiteSpace(text)
        let letters = line.filter(\.isLetter)
        let isCapital = letters.count >= 4 && letters.allSatisfy(\.isUppercase)
        guard content.size > 0, content.unbold == 0 || isCapital, content.notes.isEmpty, label?.isBullet != true,
            line.count <= lengthLimit, !text.utf8.dropLast().contains(0x0a), !letters.isEmpty,
            let last = line.last, !".,;!".contains(last)
        else { return nil }
        return content.size
    }
}

/// Joins words that a designer has spaced out: `H e r e  i s` is two words.
enum LetterSpacing {
    /// Gaps between the letters of one word are below this share of the line's height; a space is a quarter at least.
    private static let letterGap: Float = 0.22

    /// - Returns: the line's words, those of single letters joined where the gaps between them are too small for spaces.
    static func joined(_ words: [PDFWord]) -> [PDFWord] {
        guard isSpacedOut(words) else { return words }
        var joined: [PDFWord] = []
        for word in words {
            if let last = joined.last, case let gap = word.box.left - last.box.right, gap > -0.1 * word.box.height,
                gap < letterGap * max(word.box.height, last.box.height)
            {
                joined[joined.count - 1].text += word.text
                joined[joined.count - 1].box = last.box.union(word.box)
            } else {
                joined.append(word)
            }
        }
        return joined
    }

    /// Nearly all words are one or two letters: no sentence and no formula is like that.
    private static func isSpacedOut(_ words: [PDFWord]) -> Bool {
        guard words.count >= 6 else { return false }
        let short = words.filter { $0.text.unicodeScalars.count <= 3 && $0.text.allSatisfy(\.isLetter) }
        let single = short.filter { $0.text.unicodeScalars.count == 1 }
        return short.count * 10 >= words.count * 8 && single.count * 2 >= words.count
    }
}

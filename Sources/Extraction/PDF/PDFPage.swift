/// What a page's text looks like where one font and colour go on.
struct PDFStyle: Equatable {
    /// Points; 0 when not known.
    var size: Float = 0
    var isBold = false
    /// Every letter as wide as any other: programs.
    var isFixedPitch = false
    var isWhite = false
}

struct PDFWord {
    var text: String
    var box: PDFBox
    /// nil when the drawing that shows the word was not found.
    var style: PDFStyle?
}

/// Words side by side, with no gap that parts columns.
struct PDFLine {
    var words: [PDFWord]
    var box: PDFBox
    /// Lines of one block follow each other closely.
    var block: Int

    /// The words with spaces where there is room for one.
    var text: String {
        var text = ""
        for (index, word) in words.enumerated() {
            if index > 0, Self.isApart(words[index - 1], word) { text += " " }
            text += word.text
        }
        return text
    }

    /// poppler cuts words also where the font changes (a note's number, a bold ending): those touch. The line's own
    /// threshold there is a tenth of the font's size (TextOutputDev, `minWordBreakSpace`).
    static func isApart(_ left: PDFWord, _ right: PDFWord) -> Bool {
        // Set downwards or upwards, words stand above each other; a letter's size is the shorter side then.
        let size = min(max(left.box.width, right.box.width), max(left.box.height, right.box.height))
        if left.box.sharedHeight(right.box) < -0.08 * size { return true }
        let gap = right.box.left - left.box.right
        // From right to left, the next word stands before.
        return gap > 0.08 * max(left.box.height, right.box.height) || gap < -0.5 * right.box.height
    }
}

/// A page as pdftotext found it: its lines in reading order.
struct PDFPage {
    /// From 1.
    let number: Int
    let width: Float
    let height: Float
    var lines: [PDFLine] = []

    var wordCount: Int { lines.reduce(0) { $0 + $1.words.count } }
}

/// Finds what a PDF's text holds and no reader of the page sees, and takes it out.
///
/// Hidden is: drawn without ink (render mode 3: pdftohtml leaves it out unless asked), smaller than a point, outside the
/// part of the page that is shown, white on top of other text, or white where a drawing of the page shows nothing dark:
/// slides with white letters on a dark picture are common and honest. White text of a page that could not be drawn, and
/// text below two points, is kept and reported.
///
/// Not seen: text that a clipping path cuts away, that is transparent, that a shape or a picture covers, or that has the
/// colour of its ground without being white.
struct PDFHiddenText {
    /// What a page had.
    struct Finding: Equatable {
        /// Words that were taken out.
        var hidden = 0
        /// Words that were kept though they may be white on white.
        var white = 0
        /// Of `white`: they are more than a few of the page's words.
        var isMuchWhite = false
        /// Words that were kept though they are hardly large enough to be read.
        var small = 0
        /// Of `hidden`: drawn without ink, as text recognition adds it behind a scan.
        var withoutInk = 0
    }

    /// White words are remarkable up to this share of a page's words.
    private static let whiteShare = 0.1

    /// Gives each word the style it is drawn in. True when there are words that no drawing shows.
    static func addStyles(_ pieces: [PDFPiece], to page: inout PDFPage) -> Bool {
        var hasUnseen = false
        for line in page.lines.indices {
            let near = pieces.filter { $0.box.sharedHeight(page.lines[line].box) > -2 }
            for word in page.lines[line].words.indices {
                let style = style(of: page.lines[line].words[word], among: near)
                page.lines[line].words[word].style = style
                if style == nil { hasUnseen = true }
            }
        }
        return hasUnseen
    }

    /// The drawing that lies under the middle of `word`; of several on top of each other, the one that says the same.
    private static func style(of word: PDFWord, among pieces: [PDFPiece]) -> PDFStyle? {
        let box = word.box
        var best: PDFPiece?
        for piece in pieces where piece.box.contains(x: box.middleX, y: box.middleY, margin: 1.5) {
            guard let found = best else {
                best = piece
                continue
            }
            let (old, new) = (found.text.contains(word.text), piece.text.contains(word.text))
            if old != new ? new : abs(piece.box.height - box.height) < abs(found.box.height - box.height) {
                best = piece
            }
        }
        return best?.style
    }

    /// Takes the hidden words out of `page`.
    /// - Parameters:
    ///   - all: what is drawn with and without ink, when the page has words that no visible drawing shows.
    ///   - crop: the part of the page that is shown; nil for all of it.
    ///   - drawing: the page as it is seen, when it has white words.
    static func remove(
        from page: inout PDFPage, all: [PDFPiece]?, crop: PDFBox?, drawing: PDFDrawing?
    ) -> Finding {
        var finding = Finding()
        let words = page.wordCount
        let whites = page.lines.flatMap { line in line.words.filter { $0.style?.isWhite ?? false } }
        // A page mostly of white text likely has a dark ground.
        let isWhiteOdd = Double(whites.count) <= whiteShare * Double(words)
        let dark =
            whites.isEmpty || !isWhiteOdd
            ? []
            : page.lines.flatMap { line in
                line.words.filter { !($0.style?.isWhite ?? false) }.map(\.box)
            }
        for line in page.lines.indices {
            let near = all.map { $0.filter { $0.box.sharedHeight(page.lines[line].box) > -2 } } ?? []
            page.lines[line].words.removeAll { word in
                if word.style == nil, style(of: word, among: near) != nil {
                    finding.withoutInk += 1
                    finding.hidden += 1
                    return true
                }
                if isOutside(word.box, crop) || isTiny(word) {
                    finding.hidden += 1
                    return true
                }
                if isSmall(word) { finding.small += 1 }
                guard word.style?.isWhite ?? false else { return false }
                let shared = dark.lazy.filter { $0.sharedHeight(word.box) > 0.5 * word.box.height }
                    .reduce(0) { $0 + max($1.sharedWidth(word.box), 0) }
                let isOnWhite = drawing?.isBlank(word.box, pageWidth: page.width, pageHeight: page.height)
                if isOnWhite ?? false || shared > 0.3 * word.box.width {
                    finding.hidden += 1
                    return true
                }
                if isOnWhite == nil { finding.white += 1 }
                return false
            }
        }
        page.lines.removeAll { $0.words.isEmpty }
        finding.isMuchWhite = finding.white > 0 && !isWhiteOdd
        return finding
    }

    private static func isOutside(_ box: PDFBox, _ crop: PDFBox?) -> Bool {
        guard let crop else { return false }
        return !crop.contains(x: box.middleX, y: box.middleY, margin: 1)
    }

    /// Below two points: a figure's labels may be, and so may words for machines only.
    private static func isSmall(_ word: PDFWord) -> Bool {
        guard word.text.contains(where: \.isLetter) else { return false }
        let isSmall = word.style.map { $0.size > 0 && $0.size < 2 } ?? false
        return isSmall || (word.box.height > 0 && word.box.height < 2)
    }

    private static func isTiny(_ word: PDFWord) -> Bool {
        let isSmall = word.style.map { $0.size > 0 && $0.size < 1 } ?? false
        return word.box.height < 1 && (isSmall || word.box.height > 0)
    }
}

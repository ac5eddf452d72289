import Extraction
import Support

/// Cuts a block that is too long for one chunk into pieces that are not: sentences (of text), runs without a blank line
/// (of code) or lines, then words, and only then anywhere between two characters. A formula stays whole where it fits.
struct TextUnits {
    struct Unit: Equatable {
        let range: Range<Int>
        let tokenCount: Int
        /// Whether it is a whole sentence, fit to be repeated at the beginning of the next chunk.
        let isSentence: Bool
    }

    /// The most tokens of a unit.
    let capacity: Int
    let tokenCount: (String) -> Int

    /// Sentences are looked for in pieces of at most this many bytes, so that a text without any costs no more.
    private static let pieceLength = 65_536
    /// Words longer than this are cut. BERT's tokenizer gives up on words of more than 100 characters.
    private static let wordLimit = 96

    /// The units of the block at `range` of `text`: in order, together all of it but white space.
    func units(of kind: ExtractedDocument.Kind, _ range: Range<Int>, in text: String) -> [Unit] {
        switch kind {
        case .paragraph, .heading, .list:
            let formulas = FormulaRanges(in: text, range)
            return sentences(of: range, in: text, formulas).flatMap {
                fitting($0, in: text, isSentence: true, formulas)
            }
        case .code:
            return runs(of: range, in: text).flatMap { run -> [Unit] in
                if let unit = unit(run, in: text, isSentence: false) { return [unit] }
                return lines(of: run, in: text).flatMap { fitting($0, in: text, isSentence: false) }
            }
        case .table: return lines(of: range, in: text).flatMap { fitting($0, in: text, isSentence: false) }
        }
    }

    /// The last sentence of a paragraph, if it is not all of it.
    func lastSentence(of range: Range<Int>, in text: String) -> Unit? {
        let sentences = sentences(of: range, in: text, FormulaRanges(in: text, range))
        guard sentences.count > 1, let last = sentences.last else { return nil }
        return Unit(range: last, tokenCount: tokenCount(text.utf8Substring(last)), isSentence: true)
    }

    /// The sentences at `range`; those that share a formula are one.
    private func sentences(of range: Range<Int>, in text: String, _ formulas: FormulaRanges) -> [Range<Int>] {
        var sentences: [Range<Int>] = []
        for piece in pieces(of: range, in: text, formulas) {
            for relative in SentenceSplitter.byteRanges(in: text.utf8Substring(piece)) {
                let start = piece.lowerBound + relative.lowerBound
                let end = piece.lowerBound + relative.upperBound
                if let last = sentences.last, formulas.around(start) != nil {
                    sentences[sentences.count - 1] = last.lowerBound..<end
                } else {
                    sentences.append(start..<end)
                }
            }
        }
        return sentences
    }

    /// nil when it is longer than a unit may be.
    private func unit(_ range: Range<Int>, in text: String, isSentence: Bool) -> Unit? {
        // A token is seldom longer than 40 bytes; what is far too long need not be counted whole.
        guard range.count <= capacity * 40 else { return nil }
        let count = tokenCount(text.utf8Substring(range))
        return count <= capacity ? Unit(range: range, tokenCount: count, isSentence: isSentence) : nil
    }

    /// `range` itself when it is no longer than a unit may be, else its words.
    private func fitting(
        _ range: Range<Int>, in text: String, isSentence: Bool, _ formulas: FormulaRanges? = nil
    ) -> [Unit] {
        if let unit = unit(range, in: text, isSentence: isSentence) { return [unit] }
        return words(of: range, in: text, formulas)
    }

    /// - Parameter formulas: white space in them parts no words; those that are too long themselves are cut at lines.
    private func words(of range: Range<Int>, in text: String, _ formulas: FormulaRanges? = nil) -> [Unit] {
        var units: [Unit] = []
        var position = range.lowerBound
        for formula in formulas?.within(range) ?? [] {
            units += plainWords(of: position..<max(position, formula.lowerBound), in: text)
            if let whole = unit(formula, in: text, isSentence: false) {
                units.append(whole)
            } else {
                units += lines(of: formula, in: text).flatMap { fitting($0, in: text, isSentence: false) }
            }
            position = formula.upperBound
        }
        return units + plainWords(of: position..<max(position, range.upperBound), in: text)
    }

    private func plainWords(of range: Range<Int>, in text: String) -> [Unit] {
        var units: [Unit] = []
        split(range, in: text, isSeparator: TextCleaner.isWhiteSpace) { word in
            var start = word.lowerBound
            while start < word.upperBound {
                let end = border(atOrBefore: min(start + Self.wordLimit, word.upperBound), after: start, in: text)
                let piece = start..<end
                units.append(
                    Unit(range: piece, tokenCount: tokenCount(text.utf8Substring(piece)), isSentence: false))
                start = end
            }
        }
        return units
    }

    /// What blank lines part.
    private func runs(of range: Range<Int>, in text: String) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var end = -1
        for line in lines(of: range, in: text) {
            // A line that follows at once begins one line end after the former.
            if let last = runs.last, line.lowerBound == end + 1 {
                runs[runs.count - 1] = last.lowerBound..<line.upperBound
            } else {
                runs.append(line)
            }
            end = line.upperBound
        }
        return runs
    }

    private func lines(of range: Range<Int>, in text: String) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        split(range, in: text, isSeparator: { $0 == 0x0a }) { lines.append($0) }
        return lines.filter { line in
            text.utf8Slice(line).contains { !TextCleaner.isWhiteSpace($0) }
        }
    }

    /// `range` in pieces of bounded length, cut at white space where there is any.
    private func pieces(of range: Range<Int>, in text: String, _ formulas: FormulaRanges) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var start = range.lowerBound
        while range.upperBound - start > Self.pieceLength {
            let slice = text.utf8Slice(start..<(start + Self.pieceLength))
            let space = slice.lastIndex(where: TextCleaner.isWhiteSpace)
            let length = space.map { slice.distance(from: slice.startIndex, to: $0) } ?? 0
            var end =
                length > 0
                ? start + length : border(atOrBefore: start + Self.pieceLength, after: start, in: text)
            if let formula = formulas.around(end), formula.lowerBound > start { end = formula.lowerBound }
            pieces.append(start..<end)
            start = end
        }
        pieces.append(start..<range.upperBound)
        return pieces
    }

    private func split(
        _ range: Range<Int>, in text: String, isSeparator: (UInt8) -> Bool, _ body: (Range<Int>) -> Void
    ) {
        var start = range.lowerBound
        var position = range.lowerBound
        for byte in text.utf8Slice(range) {
            if isSeparator(byte) {
                if position > start { body(start..<position) }
                start = position + 1
            }
            position += 1
        }
        if position > start { body(start..<position) }
    }

    /// The last border between two characters at or before `offset`; at least one character after `start`.
    private func border(atOrBefore offset: Int, after start: Int, in text: String) -> Int {
        let utf8 = text.utf8
        guard offset < utf8.count else { return utf8.count }
        var end = utf8.index(utf8.startIndex, offsetBy: offset)
        var back = offset
        while back > start, utf8[end] & 0xc0 == 0x80 {
            end = utf8.index(before: end)
            back -= 1
        }
        return back > start ? back : offset
    }
}

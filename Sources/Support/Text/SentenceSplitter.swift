/// Cuts Portuguese and English text into sentences, for chunking, quoting and checking citations.
///
/// Every byte of the input is in exactly one sentence or is white space between two of them. A fenced or indented code
/// block is one sentence, so are a heading, a table row and (unless it holds several) a list item; a single line break
/// within a paragraph is a space. Citation markers that follow a full stop on its line (`… itself. [1][2]`) belong to
/// the sentence they follow. Rules only, no learned model: a full stop ends a sentence unless it belongs to a number,
/// a name's initial or a known abbreviation, or a small letter follows. Linear in the length of the text.
package enum SentenceSplitter {
    /// The sentences of `text` in order, without the white space around them.
    package static func sentences(in text: String) -> [Substring] {
        var text = text
        text.makeContiguousUTF8()
        let utf8 = text.utf8
        return byteRanges(in: text).map { range in
            let start = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
            return text[start..<utf8.index(start, offsetBy: range.count)]
        }
    }

    /// The sentences of `text` as ranges of its UTF-8 bytes, ascending, none empty, none overlapping.
    package static func byteRanges(in text: String) -> [Range<Int>] {
        let bytes = Array(text.utf8)
        var ranges: [Range<Int>] = []
        for block in TextBlock.blocks(of: bytes) {
            switch block.kind {
            case .whole: appendTrimmed(block.range, of: bytes, to: &ranges)
            case .prose: split(block.range, of: bytes, into: &ranges)
            }
        }
        return ranges
    }

    /// Cuts one paragraph or list item.
    private static func split(_ range: Range<Int>, of bytes: [UInt8], into ranges: inout [Range<Int>]) {
        let prose = ScalarText(bytes[range])
        var start = 0
        var position = 0
        while position < prose.count {
            guard SentenceRules.isTerminator(prose[position]) else {
                position += 1
                continue
            }
            let first = position
            while position < prose.count, SentenceRules.isTerminator(prose[position]) { position += 1 }
            let last = position
            while position < prose.count, SentenceRules.isClosing(prose[position]) { position += 1 }
            let boundary = SentenceRules.Boundary(
                text: prose, sentence: start, terminators: first..<last, next: position)
            guard boundary.endsSentence else { continue }
            position = prose.endOfMarkers(after: position)
            appendTrimmed(prose.offset(start)..<prose.offset(position), of: bytes, to: &ranges)
            start = position
        }
        appendTrimmed(prose.offset(start)..<range.upperBound, of: bytes, to: &ranges)
    }

    private static func appendTrimmed(_ range: Range<Int>, of bytes: [UInt8], to ranges: inout [Range<Int>]) {
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while lower < upper, TextBlock.isWhiteSpace(bytes[lower]) { lower += 1 }
        while lower < upper, TextBlock.isWhiteSpace(bytes[upper - 1]) { upper -= 1 }
        if lower < upper { ranges.append(lower..<upper) }
    }
}

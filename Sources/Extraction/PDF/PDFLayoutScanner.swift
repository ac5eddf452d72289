/// Reads what `pdftotext -tsv` writes: pages, flows, blocks, lines and words in reading order, each with its box.
///
/// A row is `level page flow block line word left top width height confidence text`, parted by tabs; level 1 is a page
/// (only its width and height mean anything), 4 a line, 5 a word. Coordinates are points.
struct PDFLayoutScanner {
    /// The most words of one page; what is beyond is not read.
    private static let wordLimit = 200_000

    private(set) var pages: [PDFPage] = []
    /// Pages of which a part was left out.
    private(set) var overfullPages: [Int] = []
    private var words = 0

    static func pages(_ bytes: [UInt8]) -> (pages: [PDFPage], overfull: [Int]) {
        var scanner = PDFLayoutScanner()
        bytes.withUnsafeBufferPointer { all in
            var start = 0
            while start < all.count {
                var end = start
                while end < all.count, all[end] != 0x0a { end += 1 }
                scanner.row(UnsafeBufferPointer(rebasing: all[start..<end]))
                start = end + 1
            }
        }
        return (scanner.pages, scanner.overfullPages)
    }

    private mutating func row(_ row: UnsafeBufferPointer<UInt8>) {
        var fields = FieldReader(row)
        guard let level = fields.integer(), let page = fields.integer(), fields.integer() != nil,
            let block = fields.integer(), fields.integer() != nil, fields.integer() != nil,
            let left = fields.number(), let top = fields.number(), let width = fields.number(),
            let height = fields.number(), fields.skip()
        else { return continueWord(row) }
        let box = PDFBox(left: left, top: top, right: left + width, bottom: top + height)
        switch level {
        case 1:
            pages.append(PDFPage(number: page, width: width, height: height))
            words = 0
        case 3: flowBlock = (flowBlock.count + 1, block)
        case 4:
            guard !pages.isEmpty else { return }
            pages[pages.count - 1].lines.append(PDFLine(words: [], box: box, block: flowBlock.count))
        case 5:
            guard !pages.isEmpty, let last = pages[pages.count - 1].lines.indices.last else { return }
            words += 1
            guard words <= Self.wordLimit else {
                if overfullPages.last != page { overfullPages.append(page) }
                return
            }
            let word = PDFWord(text: String(decoding: fields.rest, as: UTF8.self), box: box, style: nil)
            pages[pages.count - 1].lines[last].words.append(word)
        default: break
        }
    }

    /// Blocks are numbered anew in each flow: a running number tells them apart.
    private var flowBlock = (count: 0, number: 0)

    /// A font may call one of its characters a line end or a tab: what follows is the rest of the last word.
    private mutating func continueWord(_ row: UnsafeBufferPointer<UInt8>) {
        guard !row.isEmpty, let page = pages.indices.last, let line = pages[page].lines.indices.last,
            let word = pages[page].lines[line].words.indices.last
        else { return }
        pages[page].lines[line].words[word].text += " " + String(decoding: row, as: UTF8.self)
    }
}

/// Fields of a row, one after another; no number is trusted.
struct FieldReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// What no field has taken.
    var rest: Slice<UnsafeBufferPointer<UInt8>> { bytes[min(position, bytes.count)...] }

    mutating func integer() -> Int? { number().flatMap { Int(exactly: $0) } }

    /// A decimal number within a page's possible size, then a tab.
    mutating func number() -> Float? {
        var value = 0.0
        var scale = 0.0
        var isNegative = false
        let start = position
        while position < bytes.count, bytes[position] != 0x09 {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if scale == 0 {
                    value = value * 10 + Double(byte - 0x30)
                } else {
                    value += Double(byte - 0x30) * scale
                    scale /= 10
                }
            case UInt8(ascii: ".") where scale == 0: scale = 0.1
            case UInt8(ascii: "-") where position == start: isNegative = true
            default: return nil
            }
            position += 1
        }
        guard position > start, position < bytes.count, value < 16_000_000 else { return nil }
        position += 1
        return Float(isNegative ? -value : value)
    }

    /// Passes one field, whatever it is; false at the row's end.
    mutating func skip() -> Bool {
        while position < bytes.count, bytes[position] != 0x09 { position += 1 }
        guard position < bytes.count else { return false }
        position += 1
        return true
    }
}

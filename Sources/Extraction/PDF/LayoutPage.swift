/// A line of text and what it looks like: what is kept of a page until the whole document is known.
struct LayoutLine: Equatable {
    var text: String
    var box: PDFBox
    /// Points; of most of its letters. 0 when not known.
    var size: Float = 0
    /// Every letter of it.
    var isBold = false
    /// A running head of which this is the first: text, but no heading.
    var isFurniture = false
}

/// A part of a page that stands by itself.
struct LayoutBlock: Equatable {
    enum Content: Equatable {
        case lines([LayoutLine])
        /// The rows of a table, each with as many cells as it has columns.
        case table(rows: [[String]], headerRows: Int)
        /// A program, with its indentation.
        case code(String)
    }

    var content: Content
    var box: PDFBox

    var lines: [LayoutLine] {
        if case .lines(let lines) = content { return lines }
        return []
    }
}

struct LayoutPage: Equatable {
    /// From 1.
    var number: Int
    var width: Float = 0
    var height: Float = 0
    /// In reading order.
    var blocks: [LayoutBlock] = []

    var hasText: Bool { !blocks.isEmpty }
}

extension LayoutPage {
    /// Text without a layout (recognised, for example): blocks of lines without places.
    static func plain(number: Int, blocks: [[String]]) -> LayoutPage {
        let nowhere = PDFBox(left: 0, top: 0, right: 0, bottom: 0)
        return LayoutPage(
            number: number,
            blocks: blocks.map { lines in
                LayoutBlock(content: .lines(lines.map { LayoutLine(text: $0, box: nowhere) }), box: nowhere)
            })
    }

    /// Bytes of all text, for a bound on what is kept.
    var size: Int {
        blocks.reduce(0) { sum, block in
            switch block.content {
            case .lines(let lines): sum + lines.reduce(0) { $0 + $1.text.utf8.count }
            case .table(let rows, _): sum + rows.joined().reduce(0) { $0 + $1.utf8.count }
            case .code(let text): sum + text.utf8.count
            }
        }
    }
}

/// The texts that the cells of a workbook share (`sharedStrings.xml`), by their number.
struct SheetStrings {
    private var strings: [String] = []

    init() {}

    init(_ bytes: [UInt8], what: String) throws(IngestError) {
        var events = try XMLEvents(bytes, what: what, nodeLimit: .max)
        while let event = try events.next() {
            guard case .start(let tag) = event, tag.name == "si" else { continue }
            strings.append(try Self.text(&events))
        }
    }

    subscript(index: Int) -> String? { strings.indices.contains(index) ? strings[index] : nil }

    /// The text of the element that has just begun (`si`, `is`): its pieces joined, without how it is pronounced (`rPh`).
    static func text(_ events: inout XMLEvents) throws(IngestError) -> String {
        var text = ""
        var depth = 1
        while depth > 0, let event = try events.next() {
            switch event {
            case .start(let tag):
                if tag.name == "rPh" { try events.skip() } else { depth += 1 }
            case .end: depth -= 1
            case .text(let piece): text += piece
            }
        }
        return line(text)
    }

    /// On one line: a cell is a part of a row.
    static func line(_ text: String) -> String {
        var previous = UInt8(ascii: " ")
        for byte in text.utf8 {
            guard (0x20...0x7e).contains(byte), byte != 0x20 || previous != 0x20 else {
                return TextCleaner.collapsingWhiteSpace(text)
            }
            previous = byte
        }
        return text.isEmpty || previous != 0x20 ? text : TextCleaner.collapsingWhiteSpace(text)
    }
}

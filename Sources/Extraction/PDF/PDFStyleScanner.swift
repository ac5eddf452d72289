import Support

/// A piece of text as `pdftohtml -xml` drew it.
struct PDFPiece {
    var box: PDFBox
    var style: PDFStyle
    /// As it is written there, with tags and references.
    var text: String
}

/// A bookmark of the PDF's outline.
struct PDFBookmark: Equatable {
    let title: String
    /// From 1, as deep as the outline nests it.
    let level: Int
    /// Physical, from 1.
    let page: Int
}

/// Reads what `pdftohtml -xml` writes: fonts, sizes, colours and places of the text, and the outline.
///
/// Its output is XML by intention only (stray text between elements, unescaped control characters, fonts nobody names),
/// so this looks for the four elements it needs and passes over all else.
struct PDFStyleScanner {
    /// What pdftohtml multiplies points with; the largest it takes, because it rounds font sizes.
    static let zoom: Float = 3
    private static let pieceLimit = 200_000
    private static let bookmarkLimit = 20_000

    private(set) var pieces: [Int: [PDFPiece]] = [:]
    private(set) var outline: [PDFBookmark] = []
    private var fonts: [Int: PDFStyle] = [:]
    private var page = 0
    private var depth = 0

    init(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { scan($0) }
    }

    private mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>) {
        var position = 0
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "<") else {
                position += 1
                continue
            }
            let tag = MarkupTag(bytes, at: position)
            position = tag.end
            switch tag.name {
            case "page": page = tag.integer("number") ?? page
            case "fontspec": addFont(tag)
            case "text":
                let content = Self.content(bytes, from: position, until: "</text>")
                addPiece(tag, content: content)
                position = content.endIndex
            case "outline": depth = min(depth + 1, 64)
            case "/outline": depth = max(depth - 1, 0)
            case "item":
                let content = Self.content(bytes, from: position, until: "</item>")
                addBookmark(tag, content: content)
                position = content.endIndex
            default: break
            }
        }
    }

    private static func content(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, until end: StaticString
    ) -> Slice<UnsafeBufferPointer<UInt8>> {
        let mark = UnsafeBufferPointer(start: end.utf8Start, count: end.utf8CodeUnitCount)
        var position = start
        while position + mark.count <= bytes.count {
            if bytes[position] == mark[0], bytes[position..<position + mark.count].elementsEqual(mark) {
                return bytes[start..<position]
            }
            position += 1
        }
        return bytes[start..<bytes.count]
    }

    private mutating func addFont(_ tag: MarkupTag) {
        guard let id = tag.integer("id"), fonts.count < 10_000 || fonts[id] != nil else { return }
        var style = PDFStyle()
        style.size = (tag.number("size") ?? 0) / Self.zoom
        let family = (tag.string("family") ?? "").lowercased()
        style.isBold = PDFFontName.isBold(family)
        style.isFixedPitch = PDFFontName.isFixedPitch(family)
        style.isWhite = Self.isWhite(tag.string("color") ?? "")
        fonts[id] = style
    }

    private mutating func addPiece(_ tag: MarkupTag, content: Slice<UnsafeBufferPointer<UInt8>>) {
        guard let left = tag.number("left"), let top = tag.number("top"), let width = tag.number("width"),
            let height = tag.number("height"), var style = tag.integer("font").map({ fonts[$0] ?? PDFStyle() }),
            pieces[page, default: []].count < Self.pieceLimit
        else { return }
        let (bold, all) = Self.boldShare(content)
        guard all > 0 else { return }
        style.isBold = style.isBold || bold * 5 >= all * 4
        let box = PDFBox(left: left, top: top, right: left + width, bottom: top + height)
        let scale = 1 / Self.zoom
        pieces[page, default: []].append(
            PDFPiece(
                box: PDFBox(
                    left: box.left * scale, top: box.top * scale, right: box.right * scale, bottom: box.bottom * scale),
                style: style, text: String(decoding: content, as: UTF8.self)))
    }

    /// Bytes of text that stand within `<b>`, and all bytes but white space.
    private static func boldShare(_ content: Slice<UnsafeBufferPointer<UInt8>>) -> (bold: Int, all: Int) {
        var (bold, all, isBold, isTag) = (0, 0, false, false)
        var index = content.startIndex
        while index < content.endIndex {
            let byte = content[index]
            if byte == UInt8(ascii: "<") {
                isTag = true
                let next = index + 1 < content.endIndex ? content[index + 1] : 0
                let afterNext = index + 2 < content.endIndex ? content[index + 2] : 0
                if next == UInt8(ascii: "b") { isBold = true }
                if next == UInt8(ascii: "/"), afterNext == UInt8(ascii: "b") { isBold = false }
            } else if byte == UInt8(ascii: ">") {
                isTag = false
            } else if !isTag, byte > 0x20 {
                all += 1
                if isBold { bold += 1 }
            }
            index += 1
        }
        return (bold, all)
    }

    private mutating func addBookmark(_ tag: MarkupTag, content: Slice<UnsafeBufferPointer<UInt8>>) {
        guard outline.count < Self.bookmarkLimit, let page = tag.integer("page") else { return }
        let title = TextCleaner.collapsingWhiteSpace(
            HTMLEntities.decode(Array(content.prefix(400))[...]))
        guard !title.isEmpty else { return }
        outline.append(PDFBookmark(title: title, level: max(depth, 1), page: page))
    }

    /// `#rrggbb` with no channel below nine tenths.
    private static func isWhite(_ color: String) -> Bool {
        guard color.utf8.count == 7, let value = Int(color.dropFirst(), radix: 16) else { return false }
        return [16, 8, 0].allSatisfy { (value >> $0) & 0xff >= 0xe6 }
    }
}

/// What the names of fonts tell.
enum PDFFontName {
    private static let bold = ["bold", "black", "heavy", "cmbx", "sfbx", "-demi", "semibold", "-bd"]
    private static let fixedPitch = [
        "mono", "courier", "consol", "typewriter", "cmtt", "sftt", "ectt", "menlo", "monaco", "inconsolata", "lmtt",
        "lucidaconsole", "sourcecode", "nimbusmon", "txtt", "andale", "fixed", "firacode", "cascadia", "hack",
    ]

    /// - Parameter name: in lower case.
    static func isBold(_ name: String) -> Bool {
        // The bold cut of Nimbus, TeX's Times, is called medium.
        bold.contains { name.range(ofASCII: $0) != nil } || name.hasSuffix("-medi") || name.hasSuffix("-mediital")
    }

    static func isFixedPitch(_ name: String) -> Bool { fixedPitch.contains { name.range(ofASCII: $0) != nil } }
}

/// One tag of careless mark-up: its name (with the slash of an end tag) and attributes.
struct MarkupTag {
    private let bytes: UnsafeBufferPointer<UInt8>
    let name: String
    private let attributes: Range<Int>
    /// Behind the tag.
    let end: Int

    /// - Parameter start: where its `<` is.
    init(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) {
        self.bytes = bytes
        var position = start + 1
        while position < bytes.count, bytes[position] > 0x20, bytes[position] != UInt8(ascii: ">"),
            position - start < 16
        { position += 1 }
        name = String(decoding: bytes[(start + 1)..<position], as: UTF8.self)
        let first = position
        // No tag that matters is longer; a stray `<` must not swallow the page.
        while position < bytes.count, bytes[position] != UInt8(ascii: ">"), position - start < 2_000 { position += 1 }
        attributes = first..<position
        end = min(position + 1, bytes.count)
    }

    func string(_ key: StaticString) -> String? {
        let name = UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
        var position = attributes.lowerBound
        while position + name.count + 2 < attributes.upperBound {
            let next = position + 1 + name.count
            if bytes[position] == 0x20, bytes[next] == UInt8(ascii: "="), bytes[next + 1] == UInt8(ascii: "\""),
                bytes[(position + 1)..<next].elementsEqual(name)
            {
                let value = bytes[(next + 2)..<attributes.upperBound].prefix { $0 != UInt8(ascii: "\"") }
                return String(decoding: value, as: UTF8.self)
            }
            position += 1
        }
        return nil
    }

    func number(_ key: StaticString) -> Float? {
        guard let value = string(key).flatMap({ Float($0) }), abs(value) < 16_000_000 else { return nil }
        return value
    }

    func integer(_ key: StaticString) -> Int? { string(key).flatMap { Int($0) } }
}

/// Reads what is inside a paragraph of a Word document: runs, links, fields, formulas, pictures, notes.
///
/// It lives as long as the document, because fields go on from one paragraph to the next.
struct WordInline {
    /// What a paragraph holds.
    struct Content {
        /// Lines parted by `\n`, white space as in the file.
        var text = ""
        /// Text boxes, whose paragraphs stand beside this one.
        var boxes: [XMLElement] = []
        /// What is said of pictures in place of them.
        var figures: [String] = []
        /// Relationships of diagrams (SmartArt).
        var diagrams: [String] = []
        /// Footnotes and endnotes, with the mark that stands in the text.
        var notes: [(mark: Int, kind: NoteKind, id: String)] = []
        /// Visible characters in fonts of equal width, and in others.
        var monospaced = 0
        var proportional = 0
        /// Visible characters that are not bold, and the largest size of all, in half points.
        var unbold = 0
        var size = 0
    }

    enum NoteKind { case footnote, endnote }

    /// What was met and is not in the text.
    struct Omissions {
        var hiddenRuns = 0
        /// White text that was kept because something dark may lie behind it.
        var whiteRuns = 0
        var changes = 0
        var comments = 0
        var embedded = 0
        var oldEquations = 0
    }

    private(set) var omissions = Omissions()
    private let styles: WordStyles
    /// For each field that is open, whether its instruction is over and its result is being read.
    private var fields: [Bool] = []
    private var noteCount = 0
    private var ground = Ground.unknown

    /// What a paragraph stands on.
    enum Ground {
        /// The page itself, which nothing colours.
        case paper
        /// The page, or a picture behind the text.
        case page
        /// A cell or a box, which are often dark.
        case unknown
    }

    init(styles: WordStyles) { self.styles = styles }

    /// - Parameter style: of the paragraph.
    mutating func read(_ paragraph: XMLElement, style: WordStyles.Style, on place: Ground = .unknown) -> Content {
        var content = Content()
        let isShaded = paragraph.first(named: "pPr").flatMap { WordValue.isShaded($0) } ?? style.isShaded ?? false
        ground = isShaded ? .unknown : place
        read(children: paragraph, style, &content)
        // An instruction ends with its paragraph, so that a field that never ends cannot swallow the rest.
        for index in fields.indices { fields[index] = true }
        return content
    }

    mutating func countEmbedded() { omissions.embedded += 1 }
    mutating func countChange() { omissions.changes += 1 }

    private mutating func read(children element: XMLElement, _ style: WordStyles.Style, _ content: inout Content) {
        for child in element.elements { read(child, style, &content) }
    }

    private mutating func read(_ element: XMLElement, _ style: WordStyles.Style, _ content: inout Content) {
        if element.tag.namespace == XMLNamespace.math {
            // A formula that is the whole paragraph has lines of its own.
            if isVisible { content.text += OfficeMath.text(of: element) }
            return
        }
        switch element.name {
        case "r": readRun(element, style, &content)
        case "del", "moveFrom": omissions.changes += 1
        case "ins", "moveTo":
            omissions.changes += 1
            read(children: element, style, &content)
        case "sdt":
            // `Click here to enter text.`
            if element.first(named: "sdtPr")?.first(named: "showingPlcHdr") == nil {
                read(children: element, style, &content)
            }
        case "hyperlink", "smartTag", "customXml", "sdtContent", "fldSimple", "dir", "bdo":
            read(children: element, style, &content)
        case "AlternateContent": read(children: Self.alternative(element), style, &content)
        default: break
        }
    }

    /// Whether text at this place is a field's result or outside any field.
    private var isVisible: Bool { fields.allSatisfy { $0 } }

    // MARK: Runs

    private mutating func readRun(_ run: XMLElement, _ style: WordStyles.Style, _ content: inout Content) {
        let properties = run.first(named: "rPr")
        let character = properties?.first(named: "rStyle")?["val"].flatMap { styles.character($0) }
        let isHidden = isHidden(properties, character, style)
        let font = properties.flatMap { WordValue.font($0) } ?? character?.font ?? style.font ?? ""
        var piece = ""
        for child in run.elements {
            switch child.name {
            case "t": piece += SymbolFont.decode(child.text, font: font)
            case "tab", "ptab": piece += "\t"
            case "br", "cr": piece += "\n"
            case "noBreakHyphen": piece += "-"
            case "sym": piece += Self.symbol(child)
            case "fldChar": readFieldMark(child, &piece, isHidden, &content)
            case "footnoteReference", "endnoteReference":
                guard isVisible, !isHidden, let id = child["id"] else { continue }
                noteCount += 1
                content.notes.append((noteCount, child.name == "footnoteReference" ? .footnote : .endnote, id))
                piece += "[^\(noteCount)]"
            case "ruby":
                // The base; what is written above it says how to read it.
                flush(piece, isHidden, &content, isRaised: false)
                piece = ""
                if let base = child.first(named: "rubyBase") { read(children: base, style, &content) }
            case "commentReference": omissions.comments += 1
            case "drawing", "pict", "object": if isVisible, !isHidden { readGraphic(child, &content) }
            case "AlternateContent":
                let chosen = Self.alternative(child)
                if isVisible, !isHidden { readGraphic(chosen, &content) }
                for part in chosen.elements(named: "r") { readRun(part, style, &content) }
            default: break
            }
        }
        flush(piece, isHidden, &content, isRaised: properties?.first(named: "vertAlign")?["val"] == "superscript")
        let visible = piece.utf8.count { !TextCleaner.isWhiteSpace($0) }
        let isMonospaced = font.isEmpty ? style.isMonospaced : WordValue.isMonospaced(font)
        let isBold = properties.flatMap { WordValue.isBold($0) } ?? (character?.isBold == true || style.isBold)
        if !isBold { content.unbold += visible }
        if visible > 0 {
            let size = properties.flatMap { WordValue.size($0) } ?? character?.size ?? style.size ?? 20
            content.size = max(content.size, size)
        }
        if isMonospaced { content.monospaced += visible } else { content.proportional += visible }
    }

    /// Hidden by its author's word, smaller than can be read, or white on paper.
    private mutating func isHidden(
        _ properties: XMLElement?, _ character: WordStyles.Style?, _ style: WordStyles.Style
    ) -> Bool {
        if properties.flatMap({ WordValue.isHidden($0) }) ?? (character?.isHidden == true || style.isHidden) {
            return true
        }
        if let size = properties.flatMap({ WordValue.size($0) }) ?? character?.size ?? style.size,
            size <= Self.leastSize
        {
            return true
        }
        let isWhite = properties.flatMap { WordValue.isWhite($0) } ?? character?.isWhite ?? style.isWhite ?? false
        let isShaded = properties.flatMap { WordValue.isShaded($0) } ?? character?.isShaded ?? false
        guard isWhite, !isShaded, ground != .unknown else { return false }
        if ground == .page { omissions.whiteRuns += 1 }
        return ground == .paper
    }

    /// In half points: text of one point is not there to be read.
    private static let leastSize = 2

    /// Adds text to the paragraph, unless it is hidden or of a field's instruction.
    private mutating func flush(_ piece: String, _ isHidden: Bool, _ content: inout Content, isRaised: Bool) {
        guard !piece.isEmpty, isVisible else { return }
        if isHidden {
            if !piece.utf8.allSatisfy({ TextCleaner.isWhiteSpace($0) }) { omissions.hiddenRuns += 1 }
            return
        }
        content.text += isRaised && Self.isPower(piece, after: content.text) ? "^" + piece : piece
    }

    /// Whether raised text is an exponent: 10³ is not 103; the `st` of 1st is only raised.
    static func isPower(_ raised: String, after text: String) -> Bool {
        guard let last = text.last, last.isLetter || last.isNumber || last == ")" else { return false }
        return raised.utf8.contains { (0x30...0x39).contains($0) }
            && raised.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2b || $0 == 0x2d }
    }

    private mutating func readFieldMark(
        _ mark: XMLElement, _ piece: inout String, _ isHidden: Bool, _ content: inout Content
    ) {
        // What stands before the mark in its run is outside of it.
        flush(piece, isHidden, &content, isRaised: false)
        piece = ""
        switch mark["fldCharType"] {
        case "begin": if fields.count < XMLPushParser.depthLimit { fields.append(false) }
        case "separate": if !fields.isEmpty { fields[fields.count - 1] = true }
        case "end": _ = fields.popLast()
        default: break
        }
    }

    private static func symbol(_ element: XMLElement) -> String {
        guard let code = element["char"].flatMap({ UInt32($0, radix: 16) }), let scalar = Unicode.Scalar(code) else {
            return ""
        }
        let decoded = SymbolFont.decode(String(Character(scalar)), font: element["font"] ?? "")
        // A picture of a font that is not known here.
        return decoded.unicodeScalars.contains { (0xe000...0xf8ff).contains($0.value) } ? " " : decoded
    }

    // MARK: Graphics

    /// Finds the text boxes, descriptions and diagrams in a drawing. Pictures themselves are never opened.
    private mutating func readGraphic(_ graphic: XMLElement, _ content: inout Content) {
        var open = [graphic]
        while let element = open.popLast() {
            switch element.name {
            case "txbxContent":
                content.boxes.append(element)
                continue
            case "docPr":
                if let figure = Self.figure(element["descr"]) ?? Self.figure(element["title"]),
                    content.figures.last != figure
                {
                    content.figures.append(figure)
                }
            case "shape", "rect":
                if element.first(named: "imagedata") != nil, let figure = Self.figure(element["alt"]) {
                    content.figures.append(figure)
                }
            case "textpath":
                // WordArt of old programs.
                if let text = element["string"] { content.figures.append(TextCleaner.collapsingWhiteSpace(text)) }
            case "relIds": if let id = element["dm"] { content.diagrams.append(id) }
            case "oMath", "oMathPara": content.figures.append(OfficeMath.text(of: element))
            case "OLEObject":
                let program = element["ProgID"]?.lowercased() ?? ""
                if program.hasPrefix("equation") { omissions.oldEquations += 1 } else { omissions.embedded += 1 }
            case "AlternateContent":
                open.append(Self.alternative(element))
                continue
            default: break
            }
            open.append(contentsOf: element.elements.reversed())
        }
    }

    /// `[Figure: …]`, when the description tells something.
    static func figure(_ description: String?) -> String? { description.flatMap { FigureText.line($0) } }

    /// One of the forms in which something is stored twice, for new and for old programs (ECMA-376-3, 10.2).
    static func alternative(_ element: XMLElement) -> XMLElement {
        let forms = element.elements(named: "Choice") + element.elements(named: "Fallback")
        return forms.first { $0.descendants(named: "t").contains { !$0.children.isEmpty } } ?? forms.first ?? element
    }
}

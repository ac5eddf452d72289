/// Goes through the tokens of an RTF file once and hands paragraphs, headings, lists and tables to a builder.
struct RTFWalker {
    /// Groups nested deeper share the state of this depth.
    private static let depthLimit = 2_000
    /// Hidden text of so many bytes is worth a warning: more than an index entry or an anchor.
    private static let hiddenLimit = 30
    private static let fontLimit = 10_000

    /// What a group's end restores.
    struct State {
        var destination = RTFDestination.text
        var isHidden = false
        var isDeleted = false
        var encoding: RTFEncoding?
        var unicodeSkip = 1
        var style = 0
        var outlineLevel: Int?
        var isInTable = false
        var isListed = false
        var listLevel = 0
    }

    var builder = DocumentBuilder()
    private(set) var title = ""
    private(set) var language = ""

    private var tokenizer: RTFTokenizer
    var state = State()
    private var stack: [State] = []
    /// Groups open beyond `depthLimit`.
    private var overflow = 0
    private var isGroupStart = false
    private var isOptional = false
    private var defaultEncoding = RTFEncoding.windows1252
    private var fonts: [Int: RTFEncoding] = [:]
    private var font = 0
    /// Heading levels by style number.
    var headingStyles: [Int: Int] = [:]
    private var styleText: [UInt8] = []

    var text: [UInt8] = []
    var listMark: [UInt8] = []
    var listLines: [String] = []
    var rows: [[String]] = []
    var row: [String] = []
    var headRows = 0
    var isHeadRow = false
    private var highSurrogate: UInt32?
    private var toSkip = 0
    private var hiddenBytes = 0
    private var undecoded = 0
    private var unknownEncodings: Set<Int> = []

    init(_ bytes: [UInt8]) { tokenizer = RTFTokenizer(bytes) }

    var warnings: [String] {
        var warnings: [String] = []
        if hiddenBytes > Self.hiddenLimit { warnings.append("Hidden text was left out.") }
        if undecoded > 0 {
            warnings.append(
                "\(undecoded) character\(undecoded == 1 ? "" : "s") could not be decoded and became question mark signs."
            )
        }
        return warnings
    }

    mutating func run() throws(IngestError) {
        while let token = tokenizer.next() {
            switch token {
            case .open:
                open()
                continue
            case .close: close()
            case .word(let name, let number): try word(name, number)
            case .symbol(let symbol): self.symbol(symbol)
            case .byte(let byte): self.byte(byte)
            }
            isGroupStart = false
        }
        // Groups that were never closed end with the file.
        state = State()
        try endParagraph()
        try endTable()
        try flushList()
    }

    // MARK: Groups

    private mutating func open() {
        isGroupStart = true
        isOptional = false
        toSkip = 0
        if stack.count < Self.depthLimit { stack.append(state) } else { overflow += 1 }
    }

    private mutating func close() {
        toSkip = 0
        isOptional = false
        if overflow > 0 {
            overflow -= 1
            return
        }
        guard let outer = stack.popLast() else { return }
        if state.destination == .note, outer.destination != .note { append(")") }
        if state.destination == .styleSheet { endStyle() }
        state = outer
    }

    private mutating func begin(_ destination: RTFDestination) {
        guard state.destination != .skipped else { return }
        if destination == .note {
            guard state.destination == .text else { return }
            append(text.last.map { TextCleaner.isWhiteSpace($0) } ?? true ? "(" : " (")
        }
        if destination == .listText { listMark = [] }
        state.destination = destination
    }

    // MARK: Text

    /// Adds text to what this place of the file is for.
    mutating func append(_ string: String) {
        guard !state.isDeleted else { return }
        switch state.destination {
        case .text, .note:
            if state.destination == .note, string == " ", text.last == UInt8(ascii: "(") { return }
            if state.isHidden { hiddenBytes += string.utf8.count } else { text.append(contentsOf: string.utf8) }
        case .listText: if listMark.count < 40 { listMark.append(contentsOf: string.utf8) }
        case .title: if title.utf8.count < 2_000 { title += string }
        case .styleSheet: if styleText.count < 200 { styleText.append(contentsOf: string.utf8) }
        case .fontTable, .information, .skipped: break
        }
    }

    private mutating func byte(_ byte: UInt8) {
        if toSkip > 0 {
            toSkip -= 1
            return
        }
        guard state.destination != .skipped else { return }
        if byte >= 0x80 || highSurrogate != nil { flushSurrogate() }
        guard byte >= 0x80 || state.encoding == .symbol else {
            if byte == 0x09 || byte >= 0x20 { append(String(decoding: [byte], as: UTF8.self)) }
            return
        }
        if let scalar = (state.encoding ?? defaultEncoding).scalar(byte) {
            append(String(scalar))
        } else {
            if state.destination == .text, !state.isHidden { undecoded += 1 }
            append("\u{fffd}")
        }
    }

    private mutating func unicode(_ number: Int) {
        let unit = UInt32(truncatingIfNeeded: number & 0xffff)
        toSkip = state.unicodeSkip
        guard state.destination != .skipped else { return }
        switch unit {
        case 0xd800...0xdbff:
            flushSurrogate()
            highSurrogate = unit
        case 0xdc00...0xdfff:
            guard let high = highSurrogate else { return damaged() }
            highSurrogate = nil
            let value = 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00)
            if let scalar = Unicode.Scalar(value) { append(String(scalar)) }
        // Word's own symbols, written as private characters: bullets and the like.
        case 0xf020...0xf0ff:
            flushSurrogate()
            if let scalar = RTFEncoding.symbol.scalar(UInt8(unit - 0xf000)) { append(String(scalar)) }
        default:
            flushSurrogate()
            if let scalar = Unicode.Scalar(unit) { append(String(scalar)) }
        }
    }

    mutating func flushSurrogate() { if highSurrogate != nil { damaged() } }

    private mutating func damaged() {
        highSurrogate = nil
        undecoded += 1
        append("\u{fffd}")
    }

    private mutating func symbol(_ symbol: UInt8) {
        switch symbol {
        case UInt8(ascii: "*"): isOptional = true
        case UInt8(ascii: "~"): append(" ")
        case UInt8(ascii: "_"): append("-")
        default: break
        }
        // `\*` is followed by the word that names the group.
        if symbol == UInt8(ascii: "*") { pendingGroupStart = isGroupStart }
    }

    private var pendingGroupStart = false

    // MARK: Words

    private mutating func word(_ name: String, _ number: Int?) throws(IngestError) {
        let startsGroup = isGroupStart || pendingGroupStart
        pendingGroupStart = false
        if name == "bin" { return tokenizer.skip(number ?? 0) }
        if name == "u" {
            if let number { unicode(number) }
            return
        }
        if toSkip > 0 {
            toSkip -= 1
            return
        }
        if startsGroup || isOptional || name == "shptxt",
            let destination = RTFDestination.begun(by: name, isOptional: isOptional)
        {
            isOptional = false
            return begin(destination)
        }
        isOptional = false
        // A style's definition may begin with its number or with `\*\csN`.
        guard state.destination != .skipped else { return }
        if let text = Self.characters[name] { return append(text) }
        if state.destination == .fontTable { return fontWord(name, number) }
        if state.destination == .styleSheet { return styleWord(name, number) }
        try documentWord(name, number)
    }

    private mutating func documentWord(_ name: String, _ number: Int?) throws(IngestError) {
        switch name {
        case "ansi": defaultEncoding = .windows1252
        case "mac": defaultEncoding = .single(.macRoman)
        case "pc", "pca": defaultEncoding = .single(.dos850)
        case "ansicpg": if let number { defaultEncoding = encoding(codePage: number) }
        case "deflang": if language.isEmpty, let number { language = Self.languages[number & 0x3ff] ?? "" }
        case "uc": state.unicodeSkip = min(max(number ?? 1, 0), 16)
        case "f":
            font = number ?? 0
            state.encoding = fonts[font]
        case "plain":
            state.isHidden = false
            state.encoding = nil
        case "v": state.isHidden = number != 0
        case "deleted": state.isDeleted = number != 0
        case "par", "sect", "page", "column": try endParagraph()
        case "line", "softline": append("\n")
        case "cell", "nestcell": endCell()
        case "row", "nestrow": if name == "row" { endRow() }
        case "intbl": state.isInTable = true
        case "trowd": isHeadRow = false
        case "trhdr": isHeadRow = true
        case "pard":
            state.isInTable = false
            state.outlineLevel = nil
            state.style = 0
            state.isListed = false
            state.listLevel = 0
        case "s": state.style = number ?? 0
        case "outlinelevel": state.outlineLevel = number
        case "ls": state.isListed = (number ?? 0) > 0
        case "ilvl": state.listLevel = min(max(number ?? 0, 0), 8)
        default: break
        }
    }

    private static let characters = [
        "tab": "\t", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
        "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ",
    ]

    /// Primary language identifiers of Windows.
    private static let languages = [0x16: "pt", 0x09: "en"]

    private mutating func encoding(codePage: Int) -> RTFEncoding {
        guard let encoding = RTFEncoding(codePage: codePage) else { return .windows1252 }
        return encoding
    }

    private mutating func fontWord(_ name: String, _ number: Int?) {
        switch name {
        case "f": font = number ?? 0
        case "fcharset" where fonts.count < Self.fontLimit:
            if let number { fonts[font] = RTFEncoding(fontCharset: number) }
        case "cpg": if let number { fonts[font] = RTFEncoding(codePage: number) }
        default: break
        }
    }

    private mutating func styleWord(_ name: String, _ number: Int?) {
        if name == "s", let number { state.style = number }
        if name == "outlinelevel", let number, (0...8).contains(number), headingStyles.count < Self.fontLimit {
            headingStyles[state.style] = number + 1
        }
    }

    /// At the end of a style's definition: `heading 2`, `Título 2`.
    private mutating func endStyle() {
        let name = TextCleaner.collapsingWhiteSpace(String(decoding: styleText, as: UTF8.self)).lowercased()
        styleText = []
        guard headingStyles[state.style] == nil, headingStyles.count < Self.fontLimit else { return }
        for word in ["heading ", "título ", "titulo "] where name.hasPrefix(word) {
            if let level = name.dropFirst(word.count).first?.wholeNumberValue, level > 0 {
                headingStyles[state.style] = level
            }
        }
    }
}

/// The styles of a Word document (ECMA-376-1, 17.7): what they say of structure, with what they are based on.
struct WordStyles {
    struct Style {
        /// As it is called in English for a built-in one, in any language of the program; lower case.
        var name = ""
        /// 1 to 9; nil for body text.
        var headingLevel: Int?
        var numberingID: String?
        var numberingLevel: Int?
        var isHidden = false
        /// Whether its letters are white, and whether they stand on a ground of their own; nil where it does not say.
        var isWhite: Bool?
        var isShaded: Bool?
        var isMonospaced = false
        var isBold = false
        var font: String?
        /// In half points.
        var size: Int?

        var isTitle: Bool { name == "title" || name == "título" || name == "titulo" }
        /// A line of a table of contents or of figures: each is found where it points to.
        var isContents: Bool {
            name == "table of figures" || name == "toc heading"
                || name.hasPrefix("toc ") && name.utf8.last.map { (0x30...0x39).contains($0) } ?? false
        }
        var isCode: Bool { isMonospaced || WordStyles.codeNames.contains { name.contains($0) } }
    }

    private let elements: [String: XMLElement]
    private var resolved: [String: Style] = [:]
    private var defaultParagraph = Style()
    /// `pt-BR`; empty when the styles do not say.
    let language: String

    /// How many styles may be based on each other: Word itself allows eleven.
    private static let chainLimit = 24
    private static let codeNames = [
        "source code", "html preformatted", "preformatted text", "código", "codigo", "code",
    ]

    /// - Parameter root: of the styles part; nil when there is none.
    init(_ root: XMLElement?) {
        var elements: [String: XMLElement] = [:]
        var defaultID: String?
        for element in root?.elements(named: "style") ?? [] {
            guard let id = element["styleId"] else { continue }
            if elements[id] == nil { elements[id] = element }
            if element["type"] == "paragraph", WordValue.isOn(element["default"] ?? "0") { defaultID = id }
        }
        self.elements = elements
        let runDefaults = root?.first(named: "docDefaults")?.first(named: "rPrDefault")?.first(named: "rPr")
        language = runDefaults?.first(named: "lang")?["val"] ?? ""
        for id in elements.keys { resolved[id] = resolve(id) }
        if let defaultID { defaultParagraph = resolved[defaultID] ?? Style() }
    }

    /// - Parameter id: nil, or one that is not defined, stands for the default style.
    func paragraph(_ id: String?) -> Style { id.flatMap { resolved[$0] } ?? defaultParagraph }

    func character(_ id: String) -> Style? { resolved[id] }

    private func resolve(_ id: String) -> Style {
        var chain: [XMLElement] = []
        var next: String? = id
        while let element = next.flatMap({ elements[$0] }), chain.count < Self.chainLimit {
            chain.append(element)
            next = element.first(named: "basedOn")?["val"]
        }
        var style = Style()
        for element in chain.reversed() { Self.apply(element, to: &style) }
        style.name = chain.first?.first(named: "name")?["val"]?.lowercased() ?? id.lowercased()
        style.headingLevel = style.headingLevel ?? Self.headingLevel(ofName: style.name)
        if style.headingLevel ?? 0 > 9 { style.headingLevel = nil }
        return style
    }

    private static func apply(_ element: XMLElement, to style: inout Style) {
        if let properties = element.first(named: "pPr") {
            if let level = WordValue.outlineLevel(properties) { style.headingLevel = level }
            if let shaded = WordValue.isShaded(properties) { style.isShaded = shaded }
            if let numbering = properties.first(named: "numPr") {
                if let id = numbering.first(named: "numId")?["val"] { style.numberingID = id }
                style.numberingLevel = numbering.first(named: "ilvl")?["val"].flatMap { Int($0) }
            }
        }
        if let properties = element.first(named: "rPr") {
            if let hidden = WordValue.isHidden(properties) { style.isHidden = hidden }
            if let white = WordValue.isWhite(properties) { style.isWhite = white }
            if let shaded = WordValue.isShaded(properties) { style.isShaded = shaded }
            if let bold = WordValue.isBold(properties) { style.isBold = bold }
            if let size = WordValue.size(properties) { style.size = size }
            if let font = WordValue.font(properties) {
                style.font = font
                style.isMonospaced = WordValue.isMonospaced(font)
            }
        }
    }

    /// `Heading 2` and its translations: programs other than Word do not always set the outline level.
    private static func headingLevel(ofName name: String) -> Int? {
        guard let digit = name.utf8.last, (0x31...0x39).contains(digit) else { return nil }
        let word = TextCleaner.collapsingWhiteSpace(String(name.dropLast()))
        return headingWords.contains(word) ? Int(digit) - 0x30 : nil
    }

    private static let headingWords: Set<String> = [
        "heading", "título", "titulo", "titre", "überschrift", "titolo", "encabezado", "kop", "rubrik", "nagłówek",
        "заголовок", "cabeçalho",
    ]
}

/// Values that paragraphs, runs and styles share.
enum WordValue {
    /// ECMA-376-1, 17.17.4: an element alone is on.
    static func isOn(_ value: String?) -> Bool {
        guard let value else { return true }
        return !["0", "false", "off", "none"].contains(value)
    }

    /// 1 to 9, or 10 for body text; nil when `properties` do not say.
    static func outlineLevel(_ properties: XMLElement) -> Int? {
        guard let value = properties.first(named: "outlineLvl")?["val"], let level = Int(value) else { return nil }
        return (0...8).contains(level) ? level + 1 : 10
    }

    static func isHidden(_ properties: XMLElement) -> Bool? {
        properties.first(named: "vanish").map { isOn($0["val"]) }
    }

    /// Whether the letters are white, or so near it that nobody sees them on paper.
    static func isWhite(_ properties: XMLElement) -> Bool? {
        guard let value = properties.first(named: "color")?["val"] else { return nil }
        guard value.utf8.count == 6, let number = Int(value, radix: 16) else { return false }
        return [16, 8, 0].allSatisfy { number >> $0 & 0xff >= 0xf8 }
    }

    /// Whether something stands behind the letters: a shade or a marker's colour.
    static func isShaded(_ properties: XMLElement) -> Bool? {
        if let marker = properties.first(named: "highlight")?["val"] { return !["none", "white"].contains(marker) }
        guard let shade = properties.first(named: "shd") else { return nil }
        let fill = shade["fill"]?.lowercased() ?? "auto"
        let pattern = shade["val"] ?? "clear"
        return !["auto", "ffffff"].contains(fill) || !["clear", "nil"].contains(pattern)
    }

    static func isBold(_ properties: XMLElement) -> Bool? {
        properties.first(named: "b").map { isOn($0["val"]) }
    }

    /// In half points.
    static func size(_ properties: XMLElement) -> Int? {
        properties.first(named: "sz")?["val"].flatMap { Int($0) }
    }

    static func font(_ properties: XMLElement) -> String? {
        properties.first(named: "rFonts").flatMap { $0["ascii"] ?? $0["hAnsi"] }
    }

    static func isMonospaced(_ font: String) -> Bool {
        let name = font.lowercased()
        return [
            "courier", "consolas", "monospace", "mono ", "menlo", "monaco", "lucida console", "fira code", "cascadia",
        ]
        .contains { name.contains($0) } || name.hasSuffix(" mono")
    }
}

/// What a paragraph is, by its own properties and its style.
struct WordParagraph {
    let style: WordStyles.Style
    /// 1 (outermost) to 9, or nil for body text.
    let headingLevel: Int?
    let isDropCap: Bool
    private let styleID: String?
    private let numberingID: String?
    private let numberingLevel: Int?

    init(_ element: XMLElement, _ styles: WordStyles) {
        let properties = element.first(named: "pPr")
        styleID = properties?.first(named: "pStyle")?["val"]
        style = styles.paragraph(styleID)
        let level = properties.flatMap { WordValue.outlineLevel($0) } ?? style.headingLevel
        headingLevel = level.flatMap { $0 <= 9 ? $0 : nil }
        isDropCap = ["drop", "margin"].contains(properties?.first(named: "framePr")?["dropCap"])
        let own = properties?.first(named: "numPr")
        numberingID = own?.first(named: "numId")?["val"] ?? style.numberingID
        numberingLevel = own?.first(named: "ilvl")?["val"].flatMap { Int($0) } ?? style.numberingLevel
    }

    /// Counts the paragraph in its list.
    func label(_ numbering: inout WordNumbering) -> WordNumbering.Label? {
        numberingID.flatMap { numbering.next($0, level: numberingLevel, style: styleID) }
    }

    /// Each line without white space at its ends, single spaces within, blank lines left out.
    static func lines(_ text: String) -> String {
        text.utf8.split(separator: 0x0a).map { TextCleaner.collapsingWhiteSpace(String(Substring($0))) }
            .filter { !$0.isEmpty }.joined(separator: "\n")
    }
}

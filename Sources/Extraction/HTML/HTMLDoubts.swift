/// What a page may hide from its readers and is read all the same: a script may well show what a style sheet hides, and white
/// letters may stand on a dark ground; both are common and honest. It is said instead.
struct HTMLDoubts {
    /// What the page's style sheets hide: `.class`, `#id`.
    private var hiddenNames: Set<String> = []
    private var hasStyledAway = false
    private var hasWhite = false

    var warnings: [String] {
        var warnings: [String] = []
        if hasStyledAway {
            warnings.append("Text that the page's style sheet hides was kept; check that students may find it.")
        }
        if hasWhite { warnings.append("White text was kept; check that it can be seen on the page.") }
        return warnings
    }

    mutating func read(sheet: String) { hiddenNames.formUnion(HTMLHiding.hiddenNames(in: sheet)) }

    /// - Parameter tag: of an element that is read.
    mutating func note(_ tag: HTMLTokenizer.Tag) {
        if !hasWhite, let style = tag.attributes["style"] { hasWhite = HTMLHiding.isWhite(style) }
        if !hasWhite, tag.name == "font", let color = tag.attributes["color"] {
            hasWhite = HTMLHiding.isWhite(color: color)
        }
        guard !hasStyledAway, !hiddenNames.isEmpty else { return }
        let classes = tag.attributes["class"]?.split(whereSeparator: \.isWhitespace).map { "." + $0 } ?? []
        let id = tag.attributes["id"].map { ["#" + $0] } ?? []
        hasStyledAway = (classes + id).contains { hiddenNames.contains($0) }
    }
}

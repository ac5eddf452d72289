/// What is known of HTML's elements.
enum HTMLElements {
    /// Elements that begin and end a line of their own.
    static let blocks: Set<String> = [
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir",
        "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
        "header", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table",
        "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    ]

    /// Elements within a line.
    static let phrasing: Set<String> = [
        "a", "abbr", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
        "input", "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
        "time", "tt", "u", "var", "wbr",
    ]

    private static let void: Set<String> = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
    ]

    private static let neverText: Set<String> = [
        "annotation", "annotation-xml", "audio", "button", "canvas", "datalist", "iframe", "noembed", "noframes",
        "noscript", "object", "script", "select", "style", "svg", "template", "textarea", "video",
    ]

    private static let boilerplate: Set<String> = ["nav", "footer", "aside"]
    private static let boilerplateRoles: Set<String> = [
        "navigation", "banner", "contentinfo", "search", "complementary",
    ]
    /// Classes by which wikis and documentation generators mark links that are not content.
    private static let boilerplateClasses: Set<String> = ["mw-editsection", "headerlink", "navbox", "noprint"]

    /// Whether the element and all in it is left out.
    static func isSkipped(_ tag: HTMLTokenizer.Tag, scope: HTMLReader.Scope) -> Bool {
        guard !void.contains(tag.name), tag.name != "html", tag.name != "body", tag.name != "main" else { return false }
        if neverText.contains(tag.name) { return !tag.isSelfClosing }
        if tag.attributes["hidden"] != nil || tag.attributes["aria-hidden"] == "true" { return true }
        if let style = tag.attributes["style"], style.filter({ $0 != " " }).lowercased().contains("display:none") {
            return true
        }
        // The numbers of the printed pages, in the midst of an e-book's sentences.
        if tag.attributes["role"] == "doc-pagebreak" || tag.attributes["epub:type"] == "pagebreak" { return true }
        guard scope != .everything else { return false }
        if boilerplate.contains(tag.name) { return true }
        if let role = tag.attributes["role"]?.lowercased(), boilerplateRoles.contains(role) { return true }
        guard let classes = tag.attributes["class"] else { return false }
        return classes.split(separator: " ").contains { boilerplateClasses.contains(String($0)) }
    }
}

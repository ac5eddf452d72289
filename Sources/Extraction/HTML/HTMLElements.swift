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
        "navigation", "banner", "contentinfo", "search", "complementary", "menu", "menubar", "alertdialog",
    ]
    /// Classes and ids by which wikis, documentation generators and site builders mark what is not content.
    private static let boilerplateMarks: Set<String> = [
        "mw-editsection", "headerlink", "navbox", "noprint", "catlinks", "mw-jump-link", "vector-toc", "toc", "siteSub",
        "mw-indicators", "printfooter", "mw-navigation", "mw-panel", "jump-to-nav", "p-lang-btn",
        "mw-interlanguage-selector",
        "MathJax_Preview", "MathJax", "MathJax_Display", "breadcrumb", "breadcrumbs", "skip-link", "sr-only",
        "visually-hidden", "screen-reader-text", "share-buttons", "social-share", "sharedaddy", "related-posts",
        "newsletter",
        "advertisement", "onetrust-consent-sdk", "CybotCookiebotDialog", "usercentrics-root", "cookieconsent",
        "sidebar", "navbar", "site-navigation", "back-to-top", "pagination", "sphinxsidebar", "wy-nav-side",
        "rst-footer-buttons",
    ]
    private static let cookieMarks = ["banner", "consent", "notice", "bar", "popup", "modal"]

    /// Why an element and all in it is left out.
    enum Omission {
        /// Its content is no text, or says the same again.
        case notText
        /// A reader of the page cannot see it.
        case hidden
        /// Menus, feet and the like.
        case boilerplate
    }

    /// nil when the element is read.
    static func omission(_ tag: HTMLTokenizer.Tag, scope: HTMLReader.Scope) -> Omission? {
        guard !void.contains(tag.name), tag.name != "html", tag.name != "body", tag.name != "main" else { return nil }
        if neverText.contains(tag.name) { return tag.isSelfClosing ? nil : .notText }
        if tag.name == "rp" || tag.attributes["aria-hidden"] == "true" { return .notText }
        if let hidden = tag.attributes["hidden"], hidden.lowercased() != "until-found" { return .hidden }
        if let style = tag.attributes["style"], HTMLHiding.hides(style) { return .hidden }
        // The numbers of the printed pages, in the midst of an e-book's sentences.
        if tag.attributes["role"] == "doc-pagebreak" || tag.attributes["epub:type"] == "pagebreak" { return .notText }
        guard scope != .everything else { return nil }
        if boilerplate.contains(tag.name) { return .boilerplate }
        if let role = tag.attributes["role"]?.lowercased(), boilerplateRoles.contains(role) { return .boilerplate }
        let marks = [tag.attributes["class"], tag.attributes["id"]].compactMap { $0 }
            .flatMap { $0.split(separator: " ") }
        return marks.contains { isBoilerplate(String($0)) } ? .boilerplate : nil
    }

    private static func isBoilerplate(_ mark: String) -> Bool {
        if boilerplateMarks.contains(mark) { return true }
        let lowercased = mark.lowercased()
        return lowercased.range(ofASCII: "cookie") != nil
            && cookieMarks.contains { lowercased.range(ofASCII: $0) != nil }
    }
}

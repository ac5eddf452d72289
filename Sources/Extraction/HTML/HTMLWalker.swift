/// Goes through the tags of a page once and hands its headings, paragraphs, lists, tables and code to a builder.
///
/// It keeps counters instead of a tree, so that neither depth nor disorder of the tags can hurt it.
struct HTMLWalker {
    /// Lists and tables nested deeper are read as if they were not nested.
    private static let depthLimit = 32

    var builder: DocumentBuilder
    private(set) var language = ""
    private var tokenizer: HTMLTokenizer
    private let scope: HTMLReader.Scope
    /// In XHTML `<a hidden="" />` is whole; in HTML it is a start tag like any other.
    private let isXML: Bool

    /// The element whose content is being left out, and how many of its name are open in it.
    private var skipped: (name: String, depth: Int, isHidden: Bool)?
    /// The element that holds the page's own content, and how many of its name are open in it.
    private var main: (name: String, depth: Int)?
    private var hiddenWords = 0
    private var doubts = HTMLDoubts()
    private var hidden = HiddenCharacters()
    private var mathML: HTMLFormula?
    /// Whether the script at hand is a formula, and a displayed one.
    private var formulaScript: (isDisplayed: Bool, isFormula: Bool) = (false, false)
    /// Where in `inline` the raised text at hand begins.
    private var raisedStart: Int?
    private var headerDepth = 0

    /// Text of the paragraph, heading, item or cell at hand; white space is already collapsed unless in `<pre>`.
    private var inline: [UInt8] = []
    private var headingLevel = 0
    private var isPreformatted = false
    /// Whether a `<code>` stands in the preformatted text at hand.
    private var isProgram = false
    private var lists: [(isOrdered: Bool, items: Int)] = []
    private var listLines: [String] = []
    private var marker: String?
    private var tables: [HTMLTable] = []
    private var pageTitle: String?
    private var firstHeadings: [String] = []

    init(
        _ html: [UInt8], scope: HTMLReader.Scope, isXML: Bool = false, builder: DocumentBuilder = DocumentBuilder()
    ) {
        tokenizer = HTMLTokenizer(html)
        self.scope = scope
        self.isXML = isXML
        self.builder = builder
    }

    /// The only `<h1>` if there is exactly one, else what `<title>` says.
    var title: String? { firstHeadings.count == 1 ? firstHeadings[0] : pageTitle ?? firstHeadings.first }

    var endedInSkippedPart: Bool { skipped.map { !$0.isHidden } ?? false }

    /// A few hidden words are labels and notes for programs.
    private static let hiddenWordLimit = 8

    var warnings: [String] {
        let found = (hidden.warning.map { [$0] } ?? []) + doubts.warnings
        return hiddenWords > Self.hiddenWordLimit ? ["Hidden text was left out."] + found : found
    }

    mutating func run() throws(IngestError) {
        while let token = tokenizer.next() {
            if mathML != nil, try readFormula(token) { continue }
            switch token {
            case .text(let range):
                if let open = skipped {
                    if open.isHidden { countHidden(range) }
                } else if isContent {
                    append(HTMLEntities.decode(tokenizer.bytes[range]))
                }
            case .rawText(let range, let element): try rawText(range, of: element)
            case .start(let tag):
                if let open = skipped {
                    if tag.name == open.name, !tag.isSelfClosing { skipped?.depth += 1 }
                } else {
                    try start(tag)
                    if isXML, tag.isSelfClosing {
                        if skipped == nil { try end(tag.name) } else { skipped = nil }
                    }
                }
            case .end(let name):
                if let open = skipped {
                    if name == open.name {
                        if open.depth > 1 { skipped?.depth -= 1 } else { skipped = nil }
                    }
                } else {
                    try end(name)
                }
            }
        }
        endFormula()
        while !tables.isEmpty { try endTable() }
        try flush()
        try flushList()
    }

    /// Whether text at this place is wanted.
    private var isContent: Bool {
        (scope != .main || main != nil) && (headerDepth == 0 || headingLevel > 0)
    }

    private mutating func countHidden(_ range: Range<Int>) {
        hiddenWords +=
            tokenizer.bytes[range].prefix(10_000).split(whereSeparator: { TextCleaner.isWhiteSpace($0) }).count
    }

    private mutating func rawText(_ range: Range<Int>, of element: String) throws(IngestError) {
        if element == "title", skipped == nil, pageTitle == nil {
            let title = TextCleaner.collapsingWhiteSpace(HTMLEntities.decode(tokenizer.bytes[range]))
            if !title.isEmpty { pageTitle = title }
        } else if element == "style" {
            let sheet = String(decoding: tokenizer.bytes[range].prefix(200_000).dropLastPartialScalar(), as: UTF8.self)
            doubts.read(sheet: sheet)
        } else if element == "script", formulaScript.isFormula {
            let source = String(decoding: tokenizer.bytes[range].prefix(10_000).dropLastPartialScalar(), as: UTF8.self)
            if isContent, let formula = HTMLFormula.source(source) {
                append(formulaScript.isDisplayed ? " $\(formula)$ " : formula)
            }
            formulaScript.isFormula = false
        }
    }

    // MARK: Formulas

    /// Elements that cannot be in a formula: it was never closed.
    private static let notInFormulas: Set<String> = [
        "p", "div", "h1", "h2", "h3", "table", "li", "ul", "section", "body",
    ]

    /// - Returns: whether the token was part of the formula at hand.
    private mutating func readFormula(_ token: HTMLTokenizer.Token) throws(IngestError) -> Bool {
        switch token {
        case .text(let range): mathML?.add(HTMLEntities.decode(tokenizer.bytes[range]))
        case .rawText: break
        case .start(let tag):
            if Self.notInFormulas.contains(tag.name) {
                endFormula()
                return false
            }
            mathML?.start(tag)
        case .end(let name):
            if name == "math" || Self.notInFormulas.contains(name) {
                endFormula()
                return name == "math"
            }
            mathML?.end(name)
        }
        return true
    }

    private mutating func endFormula() {
        guard var formula = mathML else { return }
        mathML = nil
        if isContent { append(formula.finish()) }
    }

    // MARK: Tags

    private mutating func start(_ tag: HTMLTokenizer.Tag) throws(IngestError) {
        let name = tag.name
        if name == "html", let lang = tag.attributes["lang"] { language = lang }
        if name == "script", let type = tag.attributes["type"]?.lowercased(), type.hasPrefix("math/tex") {
            formulaScript = (type.range(ofASCII: "display") != nil, true)
            return
        }
        if let omission = HTMLElements.omission(tag, scope: scope) {
            if HTMLElements.blocks.contains(name) { try flush() }
            skipped = (name, 1, omission == .hidden)
            return
        }
        doubts.note(tag)
        if let open = main {
            if name == open.name { main?.depth += 1 }
        } else if name == "main" || tag.attributes["role"] == "main" {
            main = (name, 1)
        }
        if HTMLElements.blocks.contains(name) { try flush() }
        switch name {
        case "header" where scope != .everything: headerDepth += 1
        case "h1", "h2", "h3", "h4", "h5", "h6":
            try passThroughTable()
            try flushList()
            headingLevel = name.utf8.last.map { Int($0) - 48 } ?? 1
        case "br": inline.append(0x0a)
        case "pre" where tables.last?.isData != true:
            isPreformatted = true
            isProgram = false
        case "code": isProgram = true
        case "math": mathML = HTMLFormula(alternative: tag.attributes["alttext"])
        case "rt": append("(")
        case "sup": raisedStart = inline.count
        case "ul", "ol":
            if lists.count < Self.depthLimit { lists.append((name == "ol", 0)) }
        case "li":
            if lists.isEmpty { lists.append((false, 0)) }
            lists[lists.count - 1].items += 1
            let list = lists[lists.count - 1]
            let indent = String(repeating: "  ", count: min(lists.count - 1, 8))
            marker = indent + (list.isOrdered ? "\(list.items). " : "- ")
        case "table":
            try passThroughTable()
            if tables.isEmpty { try flushList() }
            if tables.count < Self.depthLimit { tables.append(HTMLTable()) }
        case "tr": tables.withLast { $0.endRow() }
        case "th", "td":
            let columns = tag.attributes["colspan"].flatMap { Int($0) } ?? 1
            tables.withLast { $0.beginCell(isHead: name == "th", columns: columns) }
        case "img":
            guard isContent, let alt = tag.attributes["alt"], alt.utf8.count > 3 else { break }
            append(" " + (alt.hasPrefix("{\\displaystyle") ? HTMLFormula.source(alt) ?? "" : alt) + " ")
        default: break
        }
    }

    private mutating func end(_ name: String) throws(IngestError) {
        if HTMLElements.blocks.contains(name) { try flush() }
        if let open = main, open.name == name {
            if open.depth > 1 { main?.depth -= 1 } else { main = nil }
        }
        switch name {
        case "header": headerDepth = max(headerDepth - 1, 0)
        case "h1", "h2", "h3", "h4", "h5", "h6": headingLevel = 0
        case "pre": isPreformatted = false
        case "rt": append(")")
        case "sup": endRaised()
        case "ul", "ol":
            _ = lists.popLast()
            if lists.isEmpty { try flushList() }
        case "tr": tables.withLast { $0.endRow() }
        case "table": try endTable()
        default: break
        }
    }

    // MARK: Text

    private mutating func append(_ text: String) {
        hidden.scan(text)
        if isPreformatted {
            inline.append(contentsOf: text.utf8)
            return
        }
        for byte in text.utf8 {
            if !TextCleaner.isWhiteSpace(byte) {
                inline.append(byte)
            } else if let last = inline.last, last != 0x20, last != 0x0a {
                inline.append(0x20)
            }
        }
    }

    /// Makes `10<sup>3</sup>` a power, so that it is no `103`; notes and ordinals stay as they are.
    private mutating func endRaised() {
        defer { raisedStart = nil }
        guard let start = raisedStart, start > 0, start < inline.count else { return }
        let isBase = { (byte: UInt8) in
            (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20) || byte == 0x29
        }
        let raised = inline[start...]
        let digits = raised.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        let isVariable = raised.count == 1 && "nkmxyijtpNT".utf8.contains(raised[start])
        guard isBase(inline[start - 1]), raised.count <= 6,
            isVariable || (!digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) })
                || raised.elementsEqual("−1".utf8)
        else { return }
        inline.insert(UInt8(ascii: "^"), at: start)
    }

    /// Hands on the text at hand to where it belongs.
    private mutating func flush() throws(IngestError) {
        let text = String(decoding: inline, as: UTF8.self)
        inline.removeAll(keepingCapacity: true)
        guard !text.utf8.allSatisfy({ TextCleaner.isWhiteSpace($0) }) else { return }
        if headingLevel > 0 {
            let heading = TextCleaner.collapsingWhiteSpace(text)
            if headingLevel == 1, !heading.isEmpty { firstHeadings.append(heading) }
            try builder.heading(heading, level: headingLevel)
        } else if tables.last?.isData == true {
            tables.withLast { $0.append(TextCleaner.collapsingWhiteSpace(text)) }
        } else if isPreformatted {
            try flushList()
            // A long preformatted text is seldom a program: its paragraphs matter more than its whole.
            if text.utf8.count > 4_000, !isProgram {
                try PlainTextReader.addParagraphs(TextCleaner.clean(text), .paragraph, to: &builder)
            } else {
                try builder.add(.code, text)
            }
        } else if !lists.isEmpty {
            let indent = String(repeating: "  ", count: min(lists.count, 9))
            listLines.append((marker ?? indent) + TextCleaner.collapsingWhiteSpace(text))
            marker = nil
        } else {
            try builder.add(.paragraph, trimmingLines(text))
        }
    }

    private func trimmingLines(_ text: String) -> String {
        text.utf8.split(separator: 0x0a).map { TextCleaner.collapsingWhiteSpace(String(Substring($0))) }
            .filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private mutating func flushList() throws(IngestError) {
        guard !listLines.isEmpty else { return }
        try builder.add(.list, listLines.joined(separator: "\n"))
        listLines = []
    }

    /// The table at hand holds headings or tables: it is there for the layout, so its cells are read as paragraphs.
    private mutating func passThroughTable() throws(IngestError) {
        guard tables.last?.isData == true else { return }
        let cells = tables[tables.count - 1].dissolve()
        for cell in cells { try builder.add(.paragraph, cell) }
    }

    private mutating func endTable() throws(IngestError) {
        guard var table = tables.popLast() else { return }
        try table.finish(into: &builder)
    }
}

extension Array {
    /// Changes the last element, if there is one.
    fileprivate mutating func withLast(_ change: (inout Element) -> Void) {
        guard !isEmpty else { return }
        change(&self[count - 1])
    }
}

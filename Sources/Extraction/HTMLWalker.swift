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
    private var skipped: (name: String, depth: Int)?
    private var mainDepth = 0
    private var headerDepth = 0

    /// Text of the paragraph, heading, item or cell at hand; white space is already collapsed unless in `<pre>`.
    private var inline: [UInt8] = []
    private var headingLevel = 0
    private var isPreformatted = false
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

    var endedInSkippedPart: Bool { skipped != nil }

    mutating func run() throws(IngestError) {
        while let token = tokenizer.next() {
            switch token {
            case .text(let range):
                if skipped == nil, isContent { append(HTMLEntities.decode(tokenizer.bytes[range])) }
            case .rawText(let range, let element):
                if element == "title", skipped == nil, pageTitle == nil {
                    let title = TextCleaner.collapsingWhiteSpace(HTMLEntities.decode(tokenizer.bytes[range]))
                    if !title.isEmpty { pageTitle = title }
                }
            case .start(let tag):
                if let open = skipped {
                    if tag.name == open.name, !tag.isSelfClosing { skipped = (open.name, open.depth + 1) }
                } else {
                    try start(tag)
                    if isXML, tag.isSelfClosing {
                        if skipped == nil { try end(tag.name) } else { skipped = nil }
                    }
                }
            case .end(let name):
                if let open = skipped {
                    if name == open.name { skipped = open.depth > 1 ? (open.name, open.depth - 1) : nil }
                } else {
                    try end(name)
                }
            }
        }
        while !tables.isEmpty { try endTable() }
        try flush()
        try flushList()
    }

    /// Whether text at this place is wanted.
    private var isContent: Bool {
        (scope != .main || mainDepth > 0) && (headerDepth == 0 || headingLevel > 0)
    }

    // MARK: Tags

    private mutating func start(_ tag: HTMLTokenizer.Tag) throws(IngestError) {
        let name = tag.name
        if name == "html", let lang = tag.attributes["lang"] { language = lang }
        if HTMLElements.isSkipped(tag, scope: scope) {
            if HTMLElements.blocks.contains(name) { try flush() }
            skipped = (name, 1)
            return
        }
        if HTMLElements.blocks.contains(name) { try flush() }
        switch name {
        case "main": mainDepth += 1
        case "header" where scope != .everything: headerDepth += 1
        case "h1", "h2", "h3", "h4", "h5", "h6":
            try passThroughTable()
            try flushList()
            headingLevel = name.utf8.last.map { Int($0) - 48 } ?? 1
        case "br": inline.append(0x0a)
        case "pre" where tables.last?.isData != true: isPreformatted = true
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
        case "th": tables.withLast { $0.beginCell(isHead: true) }
        case "td": tables.withLast { $0.beginCell(isHead: false) }
        case "img":
            if isContent, let alt = tag.attributes["alt"], alt.utf8.count > 3 { append(" " + alt + " ") }
        default: break
        }
    }

    private mutating func end(_ name: String) throws(IngestError) {
        if HTMLElements.blocks.contains(name) { try flush() }
        switch name {
        case "main": mainDepth = max(mainDepth - 1, 0)
        case "header": headerDepth = max(headerDepth - 1, 0)
        case "h1", "h2", "h3", "h4", "h5", "h6": headingLevel = 0
        case "pre": isPreformatted = false
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
            if text.utf8.count > 4_000 {
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

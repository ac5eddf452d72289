/// The table of contents of an e-book: what its chapters are called, by their file.
struct EPUBContents {
    struct Entry: Equatable {
        let title: String
        /// 1 is outermost.
        let level: Int
    }

    private(set) var entries: [String: Entry] = [:]
    /// Files that the landmarks call cover or table of contents.
    private(set) var asides: Set<String> = []

    private static let limit = 10_000
    private static let depthLimit = 6

    init() {}

    /// - Parameters:
    ///   - navigation: the root of a navigation document (EPUB 3.3, section 7).
    ///   - path: its name in the container.
    init(navigation root: XMLElement, path: String) {
        for nav in root.descendants(named: "nav") {
            let types = (nav["type"] ?? "").split(separator: " ")
            if types.contains("toc") {
                addLists(in: nav, level: 1, path)
            } else if types.contains("landmarks") {
                for link in nav.descendants(named: "a").prefix(Self.limit) {
                    let types = (link["type"] ?? "").split(separator: " ")
                    guard types.contains("cover") || types.contains("toc"),
                        let file = link["href"].flatMap({ EPUBPackage.resolve($0, from: path) })
                    else { continue }
                    asides.insert(file)
                }
            }
        }
    }

    /// - Parameter root: of an NCX (ANSI/NISO Z39.86-2005, section 8).
    init(ncx root: XMLElement, path: String) {
        if let map = root.first(named: "navMap") { addPoints(in: map, level: 1, path) }
    }

    private mutating func addLists(in parent: XMLElement, level: Int, _ path: String) {
        guard level <= Self.depthLimit else { return }
        for item in parent.elements(named: "ol").flatMap({ $0.elements(named: "li") }) {
            if let link = item.first(named: "a"), let href = link["href"] { add(link.text, href, level, path) }
            addLists(in: item, level: level + 1, path)
        }
    }

    private mutating func addPoints(in parent: XMLElement, level: Int, _ path: String) {
        guard level <= Self.depthLimit else { return }
        for point in parent.elements(named: "navPoint") {
            if let label = point.first(named: "navLabel"), let source = point.first(named: "content")?["src"] {
                add(label.text, source, level, path)
            }
            addPoints(in: point, level: level + 1, path)
        }
    }

    /// The first entry of a file is its own; those after it are places within it.
    private mutating func add(_ raw: String, _ reference: String, _ level: Int, _ path: String) {
        let title = TextCleaner.collapsingWhiteSpace(raw)
        guard !title.isEmpty, entries.count < Self.limit, let file = EPUBPackage.resolve(reference, from: path) else {
            return
        }
        if entries[file] == nil { entries[file] = Entry(title: title, level: level) }
    }
}

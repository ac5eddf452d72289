/// The package document of an e-book (EPUB 3.3, section 5): what it is called and in which order its chapters are read.
struct EPUBPackage {
    struct Item: Equatable {
        /// Its name in the container.
        let path: String
        let mediaType: String
        let properties: [Substring]
    }

    let title: String?
    let language: String
    /// The chapters: those of the main text in order, then those off it (answers, long notes).
    let spine: [Item]
    /// How many places in the spine lead to nothing in the manifest.
    let missing: Int
    /// The navigation document (EPUB 3).
    let navigation: Item?
    /// The NCX (EPUB 2).
    let contents: Item?
    /// What the guide (EPUB 2) calls cover or table of contents.
    let asides: Set<String>

    private static let limit = 10_000

    /// - Parameter path: the package document's own name, which its references are relative to.
    init(_ root: XMLElement, path: String) {
        let metadata = root.first(named: "metadata")
        title = metadata?.descendants(named: "title").lazy
            .map { TextCleaner.collapsingWhiteSpace($0.text) }.first { !$0.isEmpty }
        language =
            metadata?.descendants(named: "language").first.map { TextCleaner.collapsingWhiteSpace($0.text) } ?? ""
        var items: [String: Item] = [:]
        var navigation: Item?
        var ncx: Item?
        for element in (root.first(named: "manifest")?.elements(named: "item") ?? []).prefix(Self.limit) {
            guard let id = element["id"], let href = element["href"], let target = Self.resolve(href, from: path) else {
                continue
            }
            let item = Item(
                path: target, mediaType: (element["media-type"] ?? "").lowercased(),
                properties: (element["properties"] ?? "").split(separator: " "))
            items[id] = item
            if item.properties.contains("nav") { navigation = item }
            if item.mediaType == "application/x-dtbncx+xml" { ncx = item }
        }
        let references = (root.first(named: "spine")?.elements(named: "itemref") ?? []).prefix(Self.limit)
        let inOrder = references.filter { $0["linear"] != "no" } + references.filter { $0["linear"] == "no" }
        var seen: Set<String> = []
        var missing = 0
        var spine: [Item] = []
        for reference in inOrder {
            guard let item = items[reference["idref"] ?? ""] else {
                missing += 1
                continue
            }
            if seen.insert(item.path).inserted { spine.append(item) }
        }
        self.spine = spine
        self.missing = missing
        self.navigation = navigation
        contents = root.first(named: "spine")?["toc"].flatMap { items[$0] } ?? ncx
        asides = Set(
            (root.first(named: "guide")?.elements(named: "reference") ?? []).prefix(Self.limit)
                .filter { ["cover", "toc"].contains($0["type"]?.lowercased() ?? "") }
                .compactMap { $0["href"].flatMap { Self.resolve($0, from: path) } })
    }

    /// The name in the container behind a reference in the file `path`; nil for one that leads out of it.
    static func resolve(_ reference: String, from path: String) -> String? {
        let scheme = reference.prefix { $0 != ":" && $0 != "/" && $0 != "#" && $0 != "?" }
        guard scheme.utf8.count == reference.utf8.count || reference[scheme.endIndex] != ":" else { return nil }
        if reference.hasPrefix("//") { return nil }
        let target = Relationships.resolve(reference, in: path.split(separator: "/").dropLast())
        return target.isEmpty ? nil : target
    }
}

/// What an office package says of itself (ECMA-376-2, 8): `docProps/core.xml`.
struct OfficeProperties {
    /// nil when there is none, or only what a program made up.
    let title: String?
    let language: String?

    init(_ parts: ZIPParts, what: String) throws(IngestError) {
        var root: XMLElement?
        if let part = try Relationships(parts, of: "", what: what).first("core-properties"),
            let bytes = parts[part.target]
        {
            // A damaged description of a sound document is no reason to refuse it.
            root = try? XMLElement.parse(bytes, what: what)
        }
        title = root?.first(named: "title").flatMap { Self.meaningful($0.text) }
        language = root?.first(named: "language")?.text
    }

    /// `raw` on one line, unless it is a file's name or a template's title.
    static func meaningful(_ raw: String) -> String? {
        let title = TextCleaner.collapsingWhiteSpace(raw)
        let lower = title.lowercased()
        let isMadeUp =
            title.utf8.count < 3 || lower.hasPrefix("microsoft word") || lower.hasPrefix("microsoft powerpoint")
            || DocumentType.officeName(ofSuffix: DocumentType.fileExtension(of: lower)) != nil
            || madeUp.contains {
                lower == $0 || lower.hasPrefix($0) && lower.dropFirst($0.count).allSatisfy(\.isNumber)
            }
        return isMadeUp ? nil : title
    }

    private static let madeUp = [
        "document", "documento", "untitled", "sem título", "presentation", "apresentação", "slide ",
        "powerpoint presentation", "apresentação do powerpoint", "word document", "title", "título",
    ]
}

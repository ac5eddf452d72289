/// The container of an OpenDocument file: its parts, styles and what it says of itself.
struct OpenDocumentParts {
    let parts: ZIPParts
    let content: [UInt8]
    let title: String?
    let language: String
    /// Those of `styles.xml`; the content's own come with the content.
    let styles: OpenDocumentStyles

    static let what = "OpenDocument file"

    /// - Throws: `encrypted` when the manifest says that the content is.
    init(path: String) throws(IngestError) {
        let parts = try ZIPParts.read(path: path, what: Self.what) { name in
            // The content of objects inside is wanted for formulas.
            ["content.xml", "styles.xml", "meta.xml", "META-INF/manifest.xml"].contains(name)
                || name.hasPrefix("Object ") && name.hasSuffix("/content.xml")
        }
        if let bytes = parts["META-INF/manifest.xml"] {
            let manifest = try XMLElement.parse(bytes, what: Self.what)
            guard manifest.descendants(named: "encryption-data").isEmpty else { throw .encryptedOffice }
        }
        guard let content = parts["content.xml"] else { throw .broken(Self.what) }
        var styles = OpenDocumentStyles()
        if let bytes = parts["styles.xml"] {
            for element in try XMLElement.parse(bytes, what: Self.what).elements
            where element.name == "styles" || element.name == "automatic-styles" {
                styles.add(element)
            }
        }
        var meta: XMLElement?
        // A damaged description of a sound document is no reason to refuse it.
        if let bytes = parts["meta.xml"] { meta = try? XMLElement.parse(bytes, what: Self.what).first(named: "meta") }
        self.parts = parts
        self.content = content
        self.styles = styles
        title = meta?.first(named: "title").flatMap { OfficeProperties.meaningful($0.text) }
        language = meta?.first(named: "language")?.text ?? styles.language
    }

    /// The formula in an object, as it was typed (StarMath); nil when it is something else.
    func formula(_ reference: String) -> String? {
        let folder = reference.hasPrefix("./") ? String(reference.dropFirst(2)) : reference
        guard let bytes = parts[folder + "/content.xml"], let root = try? XMLElement.parse(bytes, what: Self.what),
            root.name == "math"
        else { return nil }
        let typed = root.descendants(named: "annotation").first?.text ?? root.text
        let formula = TextCleaner.collapsingWhiteSpace(typed)
        return formula.isEmpty ? nil : formula
    }
}

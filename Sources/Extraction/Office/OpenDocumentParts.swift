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
                || name.hasSuffix("/content.xml") && name.split(separator: "/").count == 2
        }
        if let bytes = parts["META-INF/manifest.xml"] {
            let manifest = try XMLElement.parse(bytes, what: Self.what)
            guard manifest.descendants(named: "encryption-data").isEmpty else { throw .encryptedOffice }
        }
        guard let content = parts["content.xml"] else { throw .broken(Self.what) }
        var styles = OpenDocumentStyles()
        if let bytes = parts["styles.xml"] {
            for element in try XMLElement.parse(bytes, what: Self.what).elements
            where OpenDocumentStyles.isPart(element.name) {
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

    /// The formula in an object; nil when it is something else.
    func formula(_ reference: String) -> String? {
        var folder = reference[...]
        if folder.hasPrefix("./") { folder = folder.dropFirst(2) }
        while folder.hasSuffix("/") { folder = folder.dropLast() }
        guard let bytes = parts[folder + "/content.xml"], let root = try? XMLElement.parse(bytes, what: Self.what),
            root.name == "math"
        else { return nil }
        let formula = OpenDocumentMath.text(of: root)
        return formula.isEmpty ? nil : formula
    }
}

/// What a ZIP container holds, told by what is in it and never by its name.
package enum OfficeKind: Sendable, Equatable {
    case wordDocument, presentation, workbook
    case openText, openPresentation, openSpreadsheet
    case epub
    /// Of an office program, but not read; the name is for a person.
    case other(String)

    /// - Returns: nil when the file is an archive of something else.
    /// - Throws: `broken` when it is no whole ZIP file.
    static func of(path: String, what: String = "ZIP archive") throws(IngestError) -> OfficeKind? {
        let parts = try ZIPParts.read(path: path, what: what) { name in
            ["mimetype", contentTypes, packageRelationships, manifest].contains(name.lowercased())
        }
        if let bytes = parts["mimetype"], let kind = of(mediaType: String(decoding: bytes.prefix(200), as: UTF8.self)) {
            return kind
        }
        if parts.contains(contentTypes) { return try ofPackage(parts, what: what) }
        if let bytes = parts[manifest] {
            let files = try XMLElement.parse(bytes, what: what).elements(named: "file-entry")
            return files.first { $0["full-path"] == "/" }?["media-type"].flatMap { of(mediaType: $0) }
        }
        return parts.contains("META-INF/container.xml") ? .epub : nil
    }

    private static let contentTypes = "[content_types].xml"
    private static let packageRelationships = "_rels/.rels"
    private static let manifest = "meta-inf/manifest.xml"

    /// OpenDocument and EPUB say what they are in their first entry.
    private static func of(mediaType raw: String) -> OfficeKind? {
        let type = TextCleaner.collapsingWhiteSpace(raw).lowercased()
        if type == "application/epub+zip" { return .epub }
        let open = "application/vnd.oasis.opendocument."
        guard type.hasPrefix(open) else { return nil }
        // `text-template` and the like are read as what they are templates of.
        switch type.dropFirst(open.count).prefix(while: { $0 != "-" }) {
        case "text": return .openText
        case "presentation": return .openPresentation
        case "spreadsheet": return .openSpreadsheet
        default: return .other("OpenDocument \(TextCleaner.shortened(String(type.dropFirst(open.count)), to: 30))")
        }
    }

    /// An office package (ECMA-376-2): its main part is the target of a relationship, its content type says what it is.
    private static func ofPackage(_ parts: ZIPParts, what: String) throws(IngestError) -> OfficeKind? {
        let types = try ContentTypes(parts, what: what)
        if let main = try Relationships(parts, of: "", what: what).first("officeDocument"),
            let kind = of(contentType: types[main.target])
        {
            return kind
        }
        // Without a relationship that helps: the first part that could be a main one.
        for type in types.overrides {
            if let kind = of(contentType: type) { return kind }
        }
        return nil
    }

    private static func of(contentType: String?) -> OfficeKind? {
        guard let type = contentType?.lowercased(), type.hasSuffix(".main+xml") || type.hasSuffix(".main") else {
            return nil
        }
        if type.contains("ms-excel.sheet.binary") { return .other("Binary Excel (.xlsb)") }
        if type.contains("ms-word") || type.contains("wordprocessingml") { return .wordDocument }
        if type.contains("ms-powerpoint") || type.contains("presentationml") { return .presentation }
        if type.contains("ms-excel") || type.contains("spreadsheetml") { return .workbook }
        return nil
    }
}

/// The content types of an office package's parts (ECMA-376-2, 7.2.3).
struct ContentTypes {
    /// In the order of the file.
    let overrides: [String]
    private var byPart: [String: String] = [:]
    private var byExtension: [String: String] = [:]

    init(_ parts: ZIPParts, what: String) throws(IngestError) {
        guard let bytes = parts["[Content_Types].xml"] else { throw .broken(what) }
        var overrides: [String] = []
        for element in try XMLElement.parse(bytes, what: what).elements {
            guard let type = element["ContentType"] else { continue }
            if let name = element["PartName"] {
                overrides.append(type)
                byPart[String(name.drop { $0 == "/" }).lowercased()] = type
            } else if let suffix = element["Extension"] {
                byExtension[suffix.lowercased()] = type
            }
        }
        self.overrides = overrides
    }

    subscript(part: String) -> String? {
        byPart[part.lowercased()] ?? byExtension[DocumentType.fileExtension(of: part)]
    }
}

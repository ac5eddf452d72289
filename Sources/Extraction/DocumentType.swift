/// What kind of file this is: by its content first, by its name second.
package enum DocumentType: Equatable, Sendable {
    case pdf, html, markdown, plainText, sourceCode, notebook, latex, richText, subtitles, delimitedText
    /// A ZIP container: an office document, an e-book or an archive, which only its parts tell (`OfficeKind`).
    case zip
    /// An OLE container: an old office document, or an encrypted new one, which only its directory tells (`CompoundFile`).
    case compoundFile
    /// Nothing in it.
    case empty
    /// Known or unknown, but not read by this program; the name is for a person.
    case unsupported(String)

    /// - Parameters:
    ///   - bytes: the whole file or at least its first 64 KB.
    ///   - name: the file's name; only what follows its last full stop is looked at.
    package static func of(_ bytes: [UInt8], name: String) -> DocumentType {
        guard !bytes.isEmpty else { return .empty }
        let suffix = fileExtension(of: name)
        if let signature = bySignature(bytes) { return signature }
        guard let head = TextDecoder.decode(wholeScalars(bytes.prefix(65_536)))?.text else {
            return .unsupported(suffix.isEmpty ? "Such binary" : "Binary .\(suffix)")
        }
        let start = TextSigns.start(of: head)
        if let kind = TextSigns.unmistakable(start, head: head, suffix: suffix) { return kind }
        // Text under an office program's name is a damaged or mislabelled file, not lecture notes.
        if let kind = officeKinds[suffix] { return .unsupported(kind) }
        if let kind = structuredText[suffix] { return .unsupported(kind) }
        if ["html", "htm", "xhtml"].contains(suffix) { return .html }
        if ["md", "markdown", "mdown", "mkd"].contains(suffix) { return .markdown }
        if ["csv", "tsv", "tab"].contains(suffix) { return .delimitedText }
        if programs.contains(suffix) { return .sourceCode }
        return TextSigns.likely(start, head: head, suffix: suffix) ?? .plainText
    }

    /// Whether a file's name says that programs, not people, read it.
    package static func isProgramData(_ name: String) -> Bool { programData.contains(fileExtension(of: name)) }

    /// Lower case, without the full stop; empty when there is none.
    package static func fileExtension(of name: String) -> String {
        guard let stop = name.utf8.lastIndex(of: UInt8(ascii: ".")), stop != name.utf8.startIndex else { return "" }
        let suffix = name[name.utf8.index(after: stop)...].lowercased()
        return suffix.utf8.count <= 12 && suffix.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x2f })
            ? suffix : ""
    }

    private static func bySignature(_ bytes: [UInt8]) -> DocumentType? {
        // Before all else, because anything may stand in it as it is.
        if bytes.prefix(64).drop(while: { TextCleaner.isWhiteSpace($0) || $0 >= 0xbb }).starts(with: "{\\rtf".utf8) {
            return .richText
        }
        if find("%PDF-", in: bytes.prefix(1024)) { return .pdf }
        for (signature, offset, kind) in signatures
        where bytes.count >= offset + signature.count && bytes[offset...].starts(with: signature) {
            if kind == "ZIP archive" { return .zip }
            if kind == "Old Office" { return .compoundFile }
            return .unsupported(kind)
        }
        return nil
    }

    private static func find(_ needle: String, in bytes: ArraySlice<UInt8>) -> Bool {
        let needle = Array(needle.utf8)
        guard bytes.count >= needle.count else { return false }
        return (bytes.startIndex...(bytes.endIndex - needle.count)).contains { bytes[$0...].starts(with: needle) }
    }

    /// Without the piece of a UTF-8 sequence that a cut may have left at the end, and of even length for UTF-16.
    private static func wholeScalars(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        guard bytes.count == 65_536 else { return Array(bytes) }
        var end = bytes.endIndex
        while end > bytes.endIndex - 4, bytes[end - 1] & 0xc0 == 0x80 { end -= 1 }
        if bytes[end - 1] >= 0xc0 { end -= 1 }
        return Array(bytes[..<(end - end % 2)])
    }

    private static let signatures: [(bytes: [UInt8], offset: Int, kind: String)] = [
        (Array("PK\u{3}\u{4}".utf8), 0, "ZIP archive"), (Array("PK\u{5}\u{6}".utf8), 0, "ZIP archive"),
        ([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], 0, "Old Office"),
        ([0x89, 0x50, 0x4e, 0x47], 0, "PNG image"), ([0xff, 0xd8, 0xff], 0, "JPEG image"),
        (Array("GIF8".utf8), 0, "GIF image"), (Array("II*\u{0}".utf8), 0, "TIFF image"),
        (Array("MM\u{0}*".utf8), 0, "TIFF image"), (Array("WEBP".utf8), 8, "WebP image"),
        (Array("ftyp".utf8), 4, "Video"), (Array("ID3".utf8), 0, "Audio"), (Array("OggS".utf8), 0, "Audio"),
        (Array("WAVE".utf8), 8, "Audio"), (Array("AVI ".utf8), 8, "Video"), ([0x1a, 0x45, 0xdf, 0xa3], 0, "Video"),
        ([0x1f, 0x8b], 0, "Gzip archive"), (Array("BZh".utf8), 0, "Bzip2 archive"),
        ([0xfd, 0x37, 0x7a, 0x58, 0x5a], 0, "XZ archive"), ([0x37, 0x7a, 0xbc, 0xaf], 0, "7z archive"),
        (Array("Rar!".utf8), 0, "RAR archive"), (Array("SQLite format 3".utf8), 0, "SQLite"),
        ([0x7f, 0x45, 0x4c, 0x46], 0, "Program"), (Array("%!PS".utf8), 0, "PostScript"),
    ]

    /// What a file of an office program is called in a sentence.
    static func officeName(ofSuffix suffix: String) -> String? {
        officeKinds[suffix].map { $0 == "EPUB" ? "EPUB book" : "\($0) document" }
    }

    private static let officeKinds = [
        "doc": "Word", "docx": "Word", "docm": "Word", "dot": "Word", "dotx": "Word", "dotm": "Word",
        "ppt": "PowerPoint", "pptx": "PowerPoint", "pptm": "PowerPoint", "pps": "PowerPoint", "ppsx": "PowerPoint",
        "xls": "Excel", "xlsx": "Excel", "xlsm": "Excel", "xlsb": "Excel",
        "odt": "OpenDocument", "odp": "OpenDocument", "ods": "OpenDocument", "odg": "OpenDocument",
        "ott": "OpenDocument", "epub": "EPUB",
    ]

    /// Text on the outside, but of a structure that would be indexed as noise.
    private static let structuredText = [
        "bib": "BibTeX", "json": "JSON", "jsonl": "JSON", "xml": "XML", "svg": "SVG image", "css": "Style sheet",
        "eml": "E-mail", "mht": "Web archive", "mhtml": "Web archive",
        "yaml": "YAML", "yml": "YAML", "ps": "PostScript", "eps": "PostScript", "ics": "Calendar",
    ]

    private static let programData: Set<String> = [
        "json", "jsonl", "yaml", "yml", "toml", "ini", "css", "map", "lock", "log", "sqlite", "db", "o", "pyc", "class",
    ]

    private static let programs: Set<String> = [
        "c", "h", "cc", "cpp", "hpp", "cs", "go", "hs", "java", "js", "jl", "kt", "lua", "m", "pas", "php", "pl", "py",
        "r", "rb", "rs", "scala", "sh", "sql", "swift", "ts",
    ]
}

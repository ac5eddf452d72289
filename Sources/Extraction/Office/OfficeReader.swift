/// Documents that are ZIP containers: told apart by what is in them.
enum OfficeReader {
    /// - Parameter name: what to call the kind of file by, when it is too damaged to tell.
    static func read(path: String) throws(IngestError) -> ExtractedDocument {
        let what = DocumentType.officeName(ofSuffix: DocumentType.fileExtension(of: path)) ?? "ZIP archive"
        switch try OfficeKind.of(path: path, what: what) {
        case .wordDocument: throw .unsupported("Word")
        case .presentation: throw .unsupported("PowerPoint")
        case .workbook: throw .unsupported("Excel")
        case .openText, .openPresentation, .openSpreadsheet: throw .unsupported("OpenDocument")
        case .epub: throw .unsupported("EPUB")
        case .other(let kind): throw .unsupported(kind)
        case nil: throw .unsupported("ZIP archive")
        }
    }
}

/// Documents that are ZIP containers: told apart by what is in them.
enum OfficeReader {
    static func read(path: String) throws(IngestError) -> ExtractedDocument {
        // What it claims to be, for when it is too damaged to tell.
        let what = DocumentType.officeName(ofSuffix: DocumentType.fileExtension(of: path)) ?? "ZIP archive"
        switch try OfficeKind.of(path: path, what: what) {
        case .wordDocument: return try DOCXReader.read(path: path)
        case .presentation: return try PPTXReader.read(path: path)
        case .workbook: return try XLSXReader.read(path: path)
        case .openText: return try ODTReader.read(path: path)
        case .openPresentation: return try ODPReader.read(path: path)
        case .openSpreadsheet: return try ODSReader.read(path: path)
        case .epub: return try EPUBReader.read(path: path)
        case .other(let kind): throw .unsupported(kind)
        case nil: throw .unsupported("ZIP archive")
        }
    }
}

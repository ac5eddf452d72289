import Glibc

/// Reads any supported file into an `ExtractedDocument`. Blocking, and with no limit but the sizes: meant for the
/// extractor's process, where a hostile file can do no harm.
package enum DocumentExtractor {
    /// The largest PDF, in bytes.
    package static let fileLimit = 100_000_000
    /// The largest file of the other formats, which are held in memory whole.
    package static let textFileLimit = 25_000_000

    /// - Parameter progress: called by the readers of formats with pages, as they go on; see `ExtractionProgress`.
    package static func extract(
        path: String, tools: PDFTools = PDFTools(), progress: (ExtractionProgress) -> Void = { _ in }
    ) throws(IngestError) -> ExtractedDocument {
        let size = try FileReading.regularFileSize(path)
        guard size > 0 else { throw .empty }
        guard size <= fileLimit else { throw .tooLarge("The file", limit: "\(fileLimit / 1_000_000) MB") }
        let head = try FileReading.bytes(of: path, limit: 65_536)
        let type = DocumentType.of(head, name: path)
        switch type {
        case .empty: throw .empty
        case .unsupported(let kind): throw .unsupported(kind)
        case .pdf: return try PDFReader.read(path: absolute(path), tools: tools, progress: progress)
        case .zip: return try OfficeReader.read(path: path)
        case .compoundFile: throw try CompoundFile.refusal(path: path)
        default: break
        }
        guard size <= textFileLimit else {
            throw .tooLarge("The file", limit: "\(textFileLimit / 1_000_000) MB (for text)")
        }
        let bytes = try FileReading.bytes(of: path, limit: textFileLimit)
        return try TextFormats.read(bytes, type: type, name: path)
    }

    /// So that no file name can be taken for an option.
    private static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let folder = getcwd(nil, 0) else { return "./" + path }
        defer { free(folder) }
        return String(cString: folder) + "/" + path
    }
}

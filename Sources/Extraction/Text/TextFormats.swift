/// The readers of all formats that are made of text, by type.
enum TextFormats {
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - name: the file's name or path.
    static func read(_ bytes: [UInt8], type: DocumentType, name: String) throws(IngestError) -> ExtractedDocument {
        switch type {
        case .html: return try HTMLReader.read(bytes)
        case .richText: return try RTFReader.read(bytes)
        default: break
        }
        guard let decoded = TextDecoder.decode(bytes) else { throw .unsupported("Binary") }
        switch type {
        case .markdown: return try MarkdownReader.read(decoded)
        case .notebook: return try NotebookReader.read(decoded)
        case .latex: return try LaTeXReader.read(decoded)
        case .subtitles: return try SubtitleReader.read(decoded)
        case .delimitedText:
            return try DelimitedText.read(
                decoded, isTabbed: ["tsv", "tab"].contains(DocumentType.fileExtension(of: name)))
        case .sourceCode: return try SourceCodeReader.read(decoded)
        default: return try PlainTextReader.read(decoded)
        }
    }
}

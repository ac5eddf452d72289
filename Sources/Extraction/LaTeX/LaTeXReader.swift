enum LaTeXReader {
    static func read(_ decoded: TextDecoder.Decoded) throws(IngestError) -> ExtractedDocument {
        throw .unsupported("LaTeX")
    }
}

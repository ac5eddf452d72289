enum RTFReader {
    static func read(_ bytes: [UInt8]) throws(IngestError) -> ExtractedDocument { throw .unsupported("RTF") }
}

/// What the extractor's process hands back: the document, or why there is none.
enum ExtractionResult: Codable, Sendable {
    case document(ExtractedDocument)
    case failure(IngestError)
    /// Of a process that was asked for this instead of a document.
    case sandbox(SandboxReport)
}
